export { defaultThresholds } from './defaults.ts';
export { holds } from './holds.ts';
export { type ParsedThreshold, parseThreshold, type ThresholdMistake } from './parse.ts';
export { boundInWords, inWords, subjectInWords } from './print.ts';
export { Threshold, ThresholdUnit } from './threshold.ts';
