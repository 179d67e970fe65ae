import type { Spread } from '@marteau/shared';
import type { Times } from '../merge/merged.ts';
import { timeAt } from '../merge/times.ts';

/** Values that must lie above a percentile before it is shown: fewer, and the next run shows another one. */
const enoughAbove = 10;

/** How many values a quantile 0 … 1 needs to be shown: n(1 - q) ≥ 10, and as many below for quantiles under a half. */
export function neededFor(q: number): number {
  return Math.ceil(enoughAbove / Math.min(q, 1 - q) - 1e-6);
}

/** The time at a quantile, or null where too few values lie beyond it. */
export function provenTime(times: Times, q: number): number | null {
  return times.count >= neededFor(q) ? timeAt(times, q) : null;
}

/** How times spread, µs. */
export function spreadOf(times: Times): Spread {
  const some = times.count > 0;
  return {
    count: times.count,
    min: some ? times.min : null,
    avg: some ? times.sum / times.count : null,
    p10: provenTime(times, 0.1),
    p50: provenTime(times, 0.5),
    p90: provenTime(times, 0.9),
    p95: provenTime(times, 0.95),
    p99: provenTime(times, 0.99),
    p999: provenTime(times, 0.999),
    max: some ? times.max : null,
  };
}
