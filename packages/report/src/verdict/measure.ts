import type { Threshold } from '@marteau/measure';
import { timeAt } from '../merge/times.ts';
import { apdexOf } from '../statistics/apdex.ts';
import { neededFor } from '../statistics/spread.ts';
import type { Slice } from './slice.ts';

/**
 * The value that a threshold bounds, in its unit; null where nothing was there to measure.
 * @param apdexThreshold µs
 */
export function measure(threshold: Threshold, slice: Slice, apdexThreshold: number): number | null {
  const { metric, percentile, unit } = threshold;
  const { count, errors, bytesIn, time, seconds } = slice;
  if (percentile !== null) return timeAt(time, percentile / 100);
  const per = (value: number) => (seconds > 0 ? value / seconds : null);
  switch (metric) {
    case 'avg':
      return time.count > 0 ? time.sum / time.count : null;
    case 'min':
      return time.count > 0 ? time.min : null;
    case 'max':
      return time.count > 0 ? time.max : null;
    case 'errors':
    case 'failures':
      if (unit === 'count') return errors;
      return count > 0 ? errors / count : null;
    case 'rate':
      return slice.startRate ?? per(count);
    case 'requests':
      return unit === 'count' ? count : per(count);
    case 'bytes':
      return unit === 'bytes' ? bytesIn : per(bytesIn);
    case 'apdex':
      return apdexOf(slice, apdexThreshold)?.score ?? null;
    default:
      return null;
  }
}

/** How many values a percentile rests on where these are too few to know it well; null where they suffice. */
export function thinEvidence({ percentile }: Threshold, { time }: Pick<Slice, 'time'>): number | null {
  if (percentile === null || time.count >= neededFor(percentile / 100)) return null;
  return time.count;
}

/** How far from the bound, as a part of it: positive is the good side. Null for a bound of 0. */
export function marginOf({ comparison, bound }: Threshold, measured: number): number | null {
  if (bound === 0) return null;
  const distance = comparison.startsWith('<') ? bound - measured : measured - bound;
  return distance / bound;
}
