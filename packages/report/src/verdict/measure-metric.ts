import type { Threshold } from '@marteau/measure';
import type { MergedMetric, MetricCounts } from '../merge/merged.ts';
import { timeAt } from '../merge/times.ts';

/** Parts of one in which a metric's histogram counts: fractions of plain numbers are kept to the thousandth. */
export function metricScale({ unit }: Pick<MergedMetric, 'unit'>): number {
  return unit === 'number' ? 1000 : 1;
}

/**
 * The value of a script's own metric that a threshold bounds, in its unit; null where nothing was there to measure.
 * `metric "NAME"` alone is the average of a trend, the total of a counter (with a bound per second its rate), and of a
 * rate or a check the share that held.
 * @param seconds how long it was measured
 * @returns 'not' where the metric has no such value
 */
export function measureMetric(
  { metric: what, percentile, unit }: Threshold,
  metric: Pick<MergedMetric, 'kind' | 'unit'>,
  { count, sum, times }: MetricCounts,
  seconds: number,
): number | null | 'not' {
  const scale = metricScale(metric);
  if (unit === 'perSecond') {
    if (what !== 'metric') return 'not';
    return seconds > 0 ? (metric.kind === 'counter' ? sum : count) / seconds : null;
  }
  if (metric.kind === 'trend') {
    if (unit === 'ratio' || (unit === 'us') !== (metric.unit === 'us')) return 'not';
    if (count === 0) return null;
    if (percentile !== null) return (timeAt(times, percentile / 100) ?? 0) / scale;
    if (what === 'min') return times.min / scale;
    if (what === 'max') return times.max / scale;
    return sum / count;
  }
  if (what !== 'metric') return 'not';
  if (metric.kind === 'counter') return unit === 'count' ? sum : 'not';
  if (unit === 'count') return sum;
  return unit === 'ratio' ? (count > 0 ? sum / count : null) : 'not';
}
