import type { Threshold } from '@marteau/measure';
import { percentile, type Summary } from '../measure/histogram.ts';
import { lowestOf } from '../measure/layout.ts';
import type { Gathered } from './gathered.ts';

/** What a value depends on besides what was gathered. */
export interface MeasureFacts {
  /** Of how many shares this is one: its counts and rates stand for so many times as much. */
  readonly shares: number;
  /** Apdex T, µs. */
  readonly apdexUs: number;
}

/**
 * What a threshold bounds, in its unit; null where nothing was there to measure. Says the same of a whole step as the
 * report does, which judges from what all shares wrote down.
 */
export function measureThreshold(
  { metric, percentile: percent, unit, label, custom }: Threshold,
  gathered: Gathered,
  { shares, apdexUs }: MeasureFacts,
): number | null {
  const { time, errorTime, bytesIn, started, seconds } = gathered;
  const { count } = time;
  if (seconds === 0) return null;
  if (custom !== null) return measureMetric({ metric, percentile: percent, unit }, gathered, shares);
  const ofSome = (value: number): number | null => (count > 0 ? value : null);
  const inAll = (value: number, per: number): number => (value * shares) / per;
  if (percent !== null) return ofSome(percentile(time.summary(), percent));
  switch (metric) {
    case 'avg':
      return ofSome(time.sum / count);
    case 'min':
      return ofSome(time.min);
    case 'max':
      return ofSome(time.max);
    case 'errors':
    case 'failures':
      return unit === 'count' ? inAll(errorTime.count, 1) : ofSome(errorTime.count / count);
    case 'rate':
      return inAll(label === null ? started : count, seconds);
    case 'requests':
      return inAll(count, unit === 'count' ? 1 : seconds);
    case 'bytes':
      return inAll(bytesIn, unit === 'bytes' ? 1 : seconds);
    case 'apdex':
      return ofSome(apdexOf(time.summary(), errorTime.summary(), apdexUs));
    default:
      return null;
  }
}

/**
 * A metric of the script's own: alone it is the average of a trend, the total of a counter, of a rate or a check the
 * share that held. Null also where it has no such value.
 */
function measureMetric(
  { metric: what, percentile: percent, unit }: Pick<Threshold, 'metric' | 'percentile' | 'unit'>,
  { metric, seconds }: Gathered,
  shares: number,
): number | null {
  if (!metric || metric.count === 0) return null;
  const { kind, count, sum, values } = metric;
  const inAll = (value: number): number => value * shares;
  if (unit === 'perSecond')
    return what === 'metric' ? inAll(kind === 'counter' ? sum : count) / seconds : null;
  if (kind !== 'trend') {
    if (what !== 'metric') return null;
    if (unit === 'count') return inAll(sum);
    return unit === 'ratio' && kind !== 'counter' ? sum / count : null;
  }
  if (unit === 'ratio' || (unit === 'us') !== (metric.unit === 'us')) return null;
  // Fractions of plain numbers are kept to the thousandth.
  const scale = metric.unit === 'number' ? 1000 : 1;
  if (percent !== null) return percentile(values.summary(), percent) / scale;
  if (what === 'min') return values.min / scale;
  if (what === 'max') return values.max / scale;
  return sum / count;
}

/** (satisfied + tolerating / 2) / total, in which satisfied is below T and tolerating below 4 T; no error is either. */
function apdexOf(time: Summary, errorTime: Summary, threshold: number): number {
  const below = (bound: number): number => countBelow(time, bound) - countBelow(errorTime, bound);
  return (below(threshold) + below(4 * threshold)) / 2 / time.count;
}

function countBelow({ layout, cells }: Summary, bound: number): number {
  let count = 0;
  for (let i = 0; i < cells.length; i += 2) {
    if (lowestOf(cells[i]!, layout) >= bound) break;
    count += cells[i + 1]!;
  }
  return count;
}
