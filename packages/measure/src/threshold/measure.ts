import { timeAt } from '../histogram/times.ts';
import { metricScales } from '../record/metrics.ts';
import { CLOSED, metricOf } from './metrics.ts';
import type { Circumstances, MetricNature, Observed, ObservedMetric } from './observed.ts';
import type { Threshold } from './threshold.ts';

/**
 * The value that a threshold bounds, in its unit; null where nothing was there to measure. While the load runs and
 * when it is judged at the end, this is what says it.
 */
export function measureThreshold(
  { metric, unit }: Threshold,
  observed: Observed,
  circumstances: Circumstances,
): number | null {
  const found = metricOf(metric);
  const value = found?.measure(observed, unit, circumstances) ?? null;
  return value !== null && found?.grows?.(unit) ? value * circumstances.scale : value;
}

/**
 * The same of a metric of the script's own. `metric "NAME"` alone is the average of a trend, the total of a counter
 * (with a bound per second its rate), and of a rate or a check the share that held. To which nothing was added, that
 * has a total and a rate of 0.
 * @returns 'not' where the metric has no such value
 */
export function measureCustom(
  threshold: Threshold,
  nature: MetricNature,
  observed: ObservedMetric,
  { scale }: Pick<Circumstances, 'scale'>,
): number | null | 'not' {
  const { metric: what, unit } = threshold;
  const { count, sum, seconds } = observed;
  const inAll = (value: number) => value * scale;
  if (unit === 'perSecond') {
    if (what !== 'metric' && what !== 'requests') return 'not';
    return seconds > 0 ? inAll(nature?.kind === 'counter' ? sum : count) / seconds : null;
  }
  if (nature === null) return unit === 'count' ? 0 : null;
  if (nature.kind === 'trend') return ofTrend(threshold, nature.unit, observed);
  if (what !== 'metric' && what !== 'errors' && what !== CLOSED) return 'not';
  if (unit === 'count') return inAll(sum);
  if (unit !== 'ratio' || nature.kind === 'counter') return 'not';
  if (count > 0) return sum / count;
  return what === CLOSED ? 0 : null;
}

function ofTrend(
  { metric: what, percentile, unit }: Threshold,
  own: NonNullable<MetricNature>['unit'],
  { count, sum, values }: ObservedMetric,
): number | null | 'not' {
  if (unit === 'ratio' || (unit === 'us') !== (own === 'us')) return 'not';
  if (count === 0) return null;
  const scale = metricScales[own];
  if (percentile !== null) return (timeAt(values, percentile / 100) ?? 0) / scale;
  if (what === 'min') return values.min / scale;
  if (what === 'max') return values.max / scale;
  return sum / count;
}
