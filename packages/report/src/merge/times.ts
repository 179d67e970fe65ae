import type { Distribution } from '@marteau/measure';
import { emptyHistogram, quantilesOf } from '../histogram/histogram.ts';
import { addEncoded, addHistograms } from '../histogram/sum.ts';
import type { Times } from './merged.ts';

export const noTimes: Times = { count: 0, min: 0, max: 0, sum: 0, histogram: emptyHistogram };

/** Decodes distributions of the engine and adds them: of several shares, or of moments that follow each other. */
export function readTimes(distributions: readonly Distribution[]): Times {
  const filled = distributions.filter(({ count }) => count > 0);
  if (filled.length === 0) return noTimes;
  return { ...extremes(filled), histogram: addEncoded(filled.map(({ histogram }) => histogram)) };
}

/** The times of all together. */
export function addTimes(parts: readonly Times[]): Times {
  const filled = parts.filter(({ count }) => count > 0);
  if (filled.length < 2) return filled[0] ?? noTimes;
  return { ...extremes(filled), histogram: addHistograms(filled.map(({ histogram }) => histogram)) };
}

function extremes(parts: readonly Omit<Times, 'histogram'>[]): Omit<Times, 'histogram'> {
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0];
  for (const part of parts) {
    count += part.count;
    sum += part.sum;
    min = Math.min(min, part.min);
    max = Math.max(max, part.max);
  }
  return { count, min, max, sum };
}

/** The time at a quantile 0 … 1, never outside of what was measured; null where nothing was. */
export function timeAt(times: Times, q: number): number | null {
  return times.count === 0 ? null : timesAt(times, [q])[0]!;
}

/** The times at quantiles in rising order, of a distribution that is not empty. */
export function timesAt({ histogram, min, max }: Times, quantiles: readonly number[]): number[] {
  const found = quantilesOf(histogram, quantiles);
  return found.map((time, i) => (quantiles[i]! >= 1 ? max : Math.max(min, Math.min(max, time))));
}
