import { renderReport } from '../html/render-report.ts';
import type { Merged } from '../merge/merged.ts';
import type { Results } from '../schema/results.ts';
import { statisticsCsv, timelineCsv } from './csv.ts';
import { histogramLog } from './histogram-log.ts';
import { junitXml } from './junit.ts';
import { openMetrics } from './open-metrics.ts';

/** What lies beside results.json for other tools: a file's name, and how it is made. A new format is a line here. */
const writers: Readonly<Record<string, (results: Results) => string>> = {
  'statistics.csv': statisticsCsv,
  'timeline.csv': timelineCsv,
  'junit.xml': junitXml,
  'metrics.txt': openMetrics,
};

/** The names of these files, for links. */
export const dataFileNames: readonly string[] = Object.keys(writers);

/** Every file that lies beside results.json for other tools: name → text. */
export function dataFiles(results: Results): Record<string, string> {
  return Object.fromEntries(Object.entries(writers).map(([name, write]) => [name, write(results)]));
}

/**
 * All files that a judged run leaves in its folder, by name.
 * @param text `.marteau.yml` as it is in the repository; null where there is none
 */
export function runFiles(results: Results, merged: Merged, text: string | null): Record<string, string> {
  return {
    ...(text === null ? {} : { 'marteau.yml': text }),
    'results.json': JSON.stringify(results),
    'histograms.hlog': histogramLog(merged),
    ...dataFiles(results),
    'report.html': renderReport(results),
  };
}
