import type { Distribution } from '@marteau/shared';
import { decodeHistogram } from '../histogram/decode.ts';
import { addHistograms, emptyHistogram, quantile } from '../histogram/histogram.ts';
import type { Times } from './merged.ts';

export const noTimes: Times = { count: 0, min: 0, max: 0, sum: 0, histogram: emptyHistogram };

/** Decodes a distribution of the engine. */
export function readTimes(distribution: Distribution): Times {
  if (distribution.count === 0) return noTimes;
  const { count, min, max, sum } = distribution;
  return { count, min, max, sum, histogram: decodeHistogram(distribution.histogram) };
}

/** The times of all together. */
export function addTimes(parts: readonly Times[]): Times {
  const filled = parts.filter(({ count }) => count > 0);
  if (filled.length < 2) return filled[0] ?? noTimes;
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0];
  for (const part of filled) {
    count += part.count;
    sum += part.sum;
    min = Math.min(min, part.min);
    max = Math.max(max, part.max);
  }
  return { count, min, max, sum, histogram: addHistograms(filled.map(({ histogram }) => histogram)) };
}

/** The time at a quantile 0 … 1, never outside of what was measured; null where nothing was. */
export function timeAt(times: Times, q: number): number | null {
  if (times.count === 0) return null;
  if (q >= 1) return times.max;
  return Math.max(times.min, Math.min(times.max, quantile(times.histogram, q)));
}
