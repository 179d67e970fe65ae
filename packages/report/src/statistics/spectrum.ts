import type { Times } from '@marteau/measure';
import type { StageResult } from '../schema/results.ts';
import { provenTimes } from './spread.ts';

/** From the median on, four steps to a nine. */
const quantiles = [
  0.5, 0.6, 0.7, 0.8, 0.9, 0.925, 0.95, 0.975, 0.99, 0.9925, 0.995, 0.9975, 0.999, 0.99925, 0.9995, 0.99975,
  0.9999, 0.99995, 0.99999,
];

/** Times over quantiles: what p50, p95 and p99 are single points of. */
export function spectrumOf(times: Times): StageResult['spectrum'] {
  const found = provenTimes(times, quantiles);
  return quantiles.flatMap((quantile, i) => {
    const time = found[i] ?? null;
    return time === null ? [] : [{ quantile, time }];
  });
}
