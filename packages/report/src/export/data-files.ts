import type { Results } from '../schema/results.ts';
import { statisticsCsv, timelineCsv } from './csv.ts';
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
