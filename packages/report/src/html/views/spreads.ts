import type { Statistics } from '../../schema/statistics.ts';
import { logScale } from '../draw/scale.ts';
import { type Cell, figure, word } from './table.ts';

/** The spreads of some labels as small drawings on one log axis, so that rows can be compared by eye. */
export function spreads(all: readonly Statistics[]): Cell[] {
  const times = all.flatMap(({ time }) => [time.min, time.p95 ?? time.max]).filter((value) => value !== null);
  const positive = times.map((value) => Math.max(1, value));
  if (positive.length === 0) return all.map(() => word('–', 'quiet'));
  const scale = logScale(Math.min(...positive), Math.max(...positive));
  const place = (value: number | null) => Math.round(scale.place(value ?? 0) * 10_000) / 100;
  return all.map(({ time }) => {
    if (time.count === 0) return word('–', 'quiet');
    const p10 = place(time.p10 ?? time.min);
    const spread = {
      min: place(time.min),
      p10,
      width: Math.round((place(time.p90 ?? time.max) - p10) * 100) / 100,
      p50: place(time.p50 ?? time.avg),
      p95: place(time.p95 ?? time.max),
    };
    return { ...figure('', time.p50 ?? time.avg), spread };
  });
}
