import { encodeNarrow } from '@marteau/measure';
import type { Merged } from '../merge/merged.ts';

/**
 * All histograms of a run as an HdrHistogram log (version 1.3): one line for every label in every step, so that other
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
  for (const { kind, name, steps } of merged.labels) {
    const tag = encodeURIComponent(`${kind}:${name.toWellFormed()}`);
    for (const { step, time } of steps) {
      const window = merged.steps.find(({ plan }) => plan.index === step);
      if (window === undefined || time.count === 0) continue;
      const [begin, length, max] = [window.begin / 1000, (window.end - window.begin) / 1000, time.max / 1000];
      lines.push(
        `Tag=${tag},${begin.toFixed(3)},${length.toFixed(3)},${max.toFixed(3)},${encodeNarrow(time)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
