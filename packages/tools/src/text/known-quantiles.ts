import { type Distribution, distributionOf } from '@marteau/measure';
import { talliedTimes } from './tallied-times.ts';

/** What a tool tells of its times: µs. */
export interface Told {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Values at quantiles 0 … 1, in rising order. */
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

/**
 * A distribution that has the very values that were told at the quantiles at which they were told, and their count, sum
 * and extremes. Between them it has no truth: who reads it asks for those quantiles alone.
 */
export function distributionTold({ count, min, max, mean, quantiles }: Told): Distribution {
  if (count === 0) return { count: 0, min: 0, max: 0, sum: 0, histogram: '' };
  const steps = [...quantiles, [1, max] as const];
  const pairs: [number, number][] = [];
  let below = 0;
  for (const [quantile, value] of steps) {
    const upTo = quantile >= 1 ? count : Math.min(count, Math.max(1, Math.ceil(quantile * count)));
    if (upTo <= below) continue;
    pairs.push([value, upTo - below]);
    below = upTo;
  }
  return {
    ...distributionOf(talliedTimes(pairs)),
    min: Math.round(min),
    max: Math.round(max),
    sum: Math.round(mean * count),
  };
}
