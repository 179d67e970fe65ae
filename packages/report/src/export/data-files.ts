import { encodeNarrow, type Times } from '@marteau/measure';
import { renderReport } from '../html/render-report.ts';
import type { Merged } from '../merge/merged.ts';
import type { Results } from '../schema/results.ts';
import { measuredCsv, statisticsCsv, timelineCsv } from './csv.ts';
import { junitXml } from './junit.ts';
import { openMetrics } from './open-metrics.ts';

/** What lies beside results.json for other tools: a file's name, and how it is made. A new format is a line here. */
const writers: Readonly<Record<string, (results: Results) => string>> = {
  'statistics.csv': statisticsCsv,
  'timeline.csv': timelineCsv,
  'measured.csv': measuredCsv,
  'junit.xml': junitXml,
  'metrics.txt': openMetrics,
};

/** The names of the files beside results.json that a report links to. */
export const dataFileNames: readonly string[] = [...Object.keys(writers), 'histograms.hlog'];

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

/**
 * All histograms of a run as an HdrHistogram log (version 1.3): one line for every label in every stage, and for every time of sockets, streams and other kinds, so that other
 * tools read exactly what was measured. A tag is the label's kind and name, percent-encoded, because tags may hold
 * neither commas nor spaces. Times are µs; the interval's maximum is written in ms, as the format has it.
 */
export function histogramLog(merged: Merged): string {
  const start = Date.parse(merged.startedAt);
  const lines = [
    '#[HdrHistogram log of a Marteau run; values are microseconds]',
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${(start / 1000).toFixed(3)} (seconds since epoch), ${merged.startedAt}]`,
    `#[BaseTime: ${(start / 1000).toFixed(3)} (seconds since epoch)]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ];
  const line = (tag: string, step: number, time: Times) => {
    const window = merged.steps.find(({ plan }) => plan.index === step);
    if (window === undefined || time.count === 0) return;
    const [begin, length, max] = [window.begin / 1000, (window.end - window.begin) / 1000, time.max / 1000];
    lines.push(`Tag=${tag},${begin.toFixed(3)},${length.toFixed(3)},${max.toFixed(3)},${encodeNarrow(time)}`);
  };
  for (const { kind, name, steps } of merged.labels)
    for (const { step, time } of steps)
      line(encodeURIComponent(`${kind}:${name.toWellFormed()}`), step, time);
  for (const { of, name, kind, unit, steps } of merged.metrics) {
    if (of === undefined || kind !== 'trend' || unit !== 'us') continue;
    for (const { step, times } of steps)
      line(encodeURIComponent(`${of.kind}:${of.label}:${name}`.toWellFormed()), step, times);
  }
  return `${lines.join('\n')}\n`;
}
