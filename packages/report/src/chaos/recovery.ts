/** One interval of the load, mostly a second. */
export interface Interval {
  /** ms since the load began. */
  readonly at: number;
  readonly width: number;
  readonly count: number;
  readonly errors: number;
  /** µs; null where nothing finished. */
  readonly p95: number | null;
  readonly isRecorded: boolean;
}

/** How a target was before a fault. */
export interface Steady {
  /** Requests per second. */
  readonly rate: number;
  /** µs, of all requests together. */
  readonly p95: number | null;
  readonly intervals: readonly Interval[];
}

/** So much of the time before a fault is looked at, in ms, and so little of it is enough. */
export const BEFORE_MS = 30_000;
const LEAST_BEFORE_MS = 10_000;
/** Recovered is who has been well for so long. */
const GOOD_MS = 5_000;
const LEAST_RATE = 0.9;
const MOST_P95 = 1.5;
/** Halves of a steady state differ by no more. */
const MOST_DRIFT = 0.25;

export type ErrorsHold = (ratio: number) => boolean;

/**
 * The steady state in the intervals before a fault; null where there is none: fewer than ten recorded seconds, nothing
 * that finished, errors above their bound, or a rate that was still rising or falling.
 * @param p95 of all requests of these intervals together, µs
 */
export function steadyState(
  before: readonly Interval[],
  p95: number | null,
  errorsHold: ErrorsHold,
): Steady | null {
  const intervals = before.filter(({ isRecorded }) => isRecorded);
  const { count, errors, rate, ms } = sumOf(intervals);
  if (ms < LEAST_BEFORE_MS || count === 0 || !errorsHold(errors / count)) return null;
  const middle = Math.ceil(intervals.length / 2);
  const halves = [sumOf(intervals.slice(0, middle)).rate, sumOf(intervals.slice(middle)).rate];
  if (Math.abs(halves[0]! - halves[1]!) > MOST_DRIFT * Math.max(...halves)) return null;
  return { rate, p95, intervals };
}

/**
 * When the target was well again: the begin of the first five seconds in a row that are all as good as before the fault,
 * with a rate of at least 90 %, a p95 of at most 1.5 times, and errors within their bound. A second that is no worse than
 * one of the steady state's own is good, too, so that what merely scatters is not taken for damage.
 * @param after the intervals from the heal on
 * @returns ms since the load began; null when it never was; `untold` when the load ended before one could tell
 */
export function recoveredAt(
  after: readonly Interval[],
  steady: Steady,
  errorsHold: ErrorsHold,
): number | null | 'untold' {
  const worst = {
    rate: Math.min(...steady.intervals.map(rateOf)),
    p95: Math.max(...steady.intervals.map(({ p95 }) => p95 ?? 0)),
  };
  const isGood = (interval: Interval): boolean => {
    if (!interval.isRecorded) return false;
    const { count, errors, p95 } = interval;
    if (rateOf(interval) < Math.min(LEAST_RATE * steady.rate, worst.rate)) return false;
    if (count === 0) return true;
    const bound = Math.max(MOST_P95 * (steady.p95 ?? 0), worst.p95);
    return (p95 ?? 0) <= bound && errorsHold(errors / count);
  };
  let since: number | null = null;
  for (const interval of after) {
    if (!isGood(interval)) since = null;
    else {
      since ??= interval.at;
      if (interval.at + interval.width - since >= GOOD_MS) return since;
    }
  }
  return since === null && after.some(({ isRecorded }) => isRecorded) ? null : 'untold';
}

export function sumOf(intervals: readonly Interval[]) {
  let [count, errors, ms] = [0, 0, 0];
  for (const interval of intervals) {
    count += interval.count;
    errors += interval.errors;
    ms += interval.width;
  }
  return { count, errors, ms, rate: ms === 0 ? 0 : (count * 1000) / ms };
}

function rateOf({ count, width }: Interval): number {
  return (count * 1000) / width;
}
