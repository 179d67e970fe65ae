export { defaultThresholds } from './defaults.ts';
export { type ParsedThreshold, parseThreshold, type ThresholdMistake } from './parse.ts';
export { printThreshold } from './print.ts';
export { Threshold, ThresholdUnit } from './threshold.ts';
