export { defaultThresholds } from './defaults.ts';
export { holds } from './holds.ts';
export { type ParsedThreshold, parseThreshold, type ThresholdMistake } from './parse.ts';
export { printThreshold } from './print.ts';
export { Threshold, ThresholdUnit } from './threshold.ts';
export { boundInWords, inWords, subjectInWords } from './words.ts';
