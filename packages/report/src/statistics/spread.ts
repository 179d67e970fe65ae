import { isKnown, type Times, timesAt } from '@marteau/measure';
import type { Spread } from '../schema/statistics.ts';
import { once } from './once.ts';

/** Values that must lie above a percentile before it is shown: fewer, and the next run shows another one. */
const ENOUGH_ABOVE = 10;

/** How many values a quantile 0 … 1 needs to be shown: n(1 - q) ≥ 10, and as many below for quantiles under a half. */
export function neededFor(q: number): number {
  return Math.ceil(ENOUGH_ABOVE / Math.min(q, 1 - q) - 1e-6);
}

/** The times at quantiles in rising order; null where too few values lie beyond one. */
export function provenTimes(times: Times, quantiles: readonly number[]): (number | null)[] {
  const proven = quantiles.filter((q) => times.count >= neededFor(q) && isKnown(times, q));
  if (proven.length === 0) return quantiles.map(() => null);
  const found = new Map(timesAt(times, proven).map((time, i) => [proven[i], time]));
  return quantiles.map((q) => found.get(q) ?? null);
}

const shown = [0.1, 0.5, 0.9, 0.95, 0.99, 0.999];

/** How times spread, µs. */
export const spreadOf = once((times: Times): Spread => {
  const some = times.count > 0;
  const [p10 = null, p50 = null, p90 = null, p95 = null, p99 = null, p999 = null] = provenTimes(times, shown);
  return {
    count: times.count,
    min: some ? times.min : null,
    avg: some ? times.sum / times.count : null,
    p10,
    p50,
    p90,
    p95,
    p99,
    p999,
    max: some ? times.max : null,
  };
});
