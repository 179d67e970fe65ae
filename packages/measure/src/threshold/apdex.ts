import { countBelow, type Times } from '../histogram/times.ts';

/** FunkLoad's: faster than a second and a half is satisfied. µs */
export const DEFAULT_APDEX_US = 1_500_000;

/** What Apdex looks at. */
interface Satisfaction {
  readonly errors: number;
  readonly time: Times;
  /** Null where they are not known apart, and then errors are taken for the fastest. */
  readonly errorTime: Times | null;
}

/**
 * (satisfied + tolerating / 2) / total, after the Apdex Alliance's specification 1.1: satisfied is faster than T,
 * tolerating faster than 4 T; an error is frustrated, however fast it came. Null where nothing finished.
 * @param threshold T in µs
 */
export function apdexScore({ errors, time, errorTime }: Satisfaction, threshold: number): number | null {
  if (time.count === 0 || time.known) return null;
  const below = (bound: number) =>
    Math.max(0, countBelow(time, bound) - (errorTime ? countBelow(errorTime, bound) : errors));
  const satisfied = below(threshold);
  const tolerating = below(4 * threshold) - satisfied;
  return (satisfied + tolerating / 2) / time.count;
}
