export { type BadgeFacts, badgeSvg } from './export/badge.ts';
export { dataFiles } from './export/data-files.ts';
export { histogramLog } from './export/histogram-log.ts';
export { renderReport } from './html/render-report.ts';
export { mergeMeasurements } from './merge/merge-measurements.ts';
export type { Merged } from './merge/merged.ts';
export { buildResults } from './results/build-results.ts';
export type { ReportInput } from './results/report-input.ts';
export { summarise } from './results/summarise.ts';
