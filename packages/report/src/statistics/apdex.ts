import { countBelow } from '../histogram/histogram.ts';
import type { Times } from '../merge/merged.ts';
import type { Apdex, ApdexRating } from '../schema/statistics.ts';

/** FunkLoad's: faster than a second and a half is satisfied. */
export const defaultApdexThreshold = 1_500_000;

const ratings: readonly (readonly [from: number, ApdexRating])[] = [
  [0.94, 'excellent'],
  [0.85, 'good'],
  [0.7, 'fair'],
  [0.5, 'poor'],
];

/** What is measured of one label in one step, as far as Apdex cares. */
export interface Satisfaction {
  readonly count: number;
  readonly errors: number;
  readonly time: Times;
  /** Times of the errors among `time`; null where they are not known, and then errors are taken for the fastest. */
  readonly errorTime: Times | null;
}

/**
 * Apdex = (satisfied + tolerating / 2) / total, after the Apdex Alliance's specification 1.1: satisfied is faster than
 * T, tolerating faster than 4 T; an error is frustrated, however fast it came. Null where nothing finished.
 * @param threshold T in µs
 */
export function apdexOf({ count, errors, time, errorTime }: Satisfaction, threshold: number): Apdex | null {
  if (count === 0) return null;
  const below = (bound: number) => {
    const fast = countBelow(time.histogram, bound);
    return Math.max(0, fast - (errorTime ? countBelow(errorTime.histogram, bound) : errors));
  };
  const satisfied = below(threshold);
  const tolerating = below(4 * threshold) - satisfied;
  const score = (satisfied + tolerating / 2) / count;
  return { score, rating: rate(score) };
}

/** The Apdex Alliance's word for a score; the bounds are those of scores rounded to two digits. */
function rate(score: number): ApdexRating {
  const rounded = Math.round(score * 100) / 100;
  return ratings.find(([from]) => rounded >= from)?.[1] ?? 'unacceptable';
}
