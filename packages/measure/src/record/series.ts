import { distributionOf } from '../histogram/encode.ts';
import { threeDigits, twoDigits } from '../histogram/layout.ts';
import { addTimes } from '../histogram/sum.ts';
import { type Times, timeAt } from '../histogram/times.ts';
import type { Point } from '../schema/measurements.ts';
import { addCounts, type Counts } from './counts.ts';
import type { LabelSnapshot } from './snapshot.ts';

export type Worst = Point['worst'];

/** One interval of a series, before it is written down. */
export interface Interval {
  /** Its number: it begins at `index × width` seconds. */
  readonly index: number;
  readonly time: Times;
  readonly errors: number;
  readonly errorKinds: Counts;
  readonly bytesIn: number;
  readonly worst: Worst;
  /** How many of its full seconds counted anything. */
  readonly seconds: number;
}

/**
 * What some labels had in a second.
 * @param full whether all of it was recorded; the edges of a window that was cut short are not
 */
export function intervalOf(second: number, full: boolean, labels: readonly LabelSnapshot[]): Interval {
  const time = addTimes(
    labels.map((label) => label.time),
    threeDigits,
  );
  const { count } = time;
  const errors = labels.reduce((sum, { errorTime }) => sum + (errorTime?.count ?? 0), 0);
  const minCount = full ? count : Number.POSITIVE_INFINITY;
  return {
    index: second,
    time: addTimes([time], twoDigits),
    errors,
    errorKinds: addCounts(labels.map(({ errorKinds }) => errorKinds)),
    bytesIn: labels.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    worst: { minCount, maxCount: count, errors, p95: timeAt(time, 0.95) ?? 0 },
    seconds: full ? 1 : 0,
  };
}

/** The worst second of stretches that follow each other. */
export function joinWorst(parts: readonly Worst[]): Worst {
  return {
    minCount: Math.min(...parts.map(({ minCount }) => minCount)),
    maxCount: Math.max(...parts.map(({ maxCount }) => maxCount)),
    errors: Math.max(...parts.map(({ errors }) => errors)),
    p95: Math.max(...parts.map(({ p95 }) => p95)),
  };
}

/** One label over time, in order. Intervals in which nothing finished have no entry. */
export class Series {
  #intervals: Interval[] = [];

  get intervals(): readonly Interval[] {
    return this.#intervals;
  }

  /** @param width seconds an interval has now */
  add(second: Interval, width: number): void {
    this.#append({ ...second, index: Math.floor(second.index / width) });
  }

  /** Intervals have become twice as wide. */
  widen(): void {
    const before = this.#intervals;
    this.#intervals = [];
    for (const interval of before) this.#append({ ...interval, index: interval.index >> 1 });
  }

  #append(interval: Interval): void {
    const last = this.#intervals.at(-1);
    if (last?.index === interval.index) this.#intervals[this.#intervals.length - 1] = joined(last, interval);
    else this.#intervals.push(interval);
  }
}

function joined(a: Interval, b: Interval): Interval {
  return {
    index: a.index,
    time: addTimes([a.time, b.time], twoDigits),
    errors: a.errors + b.errors,
    errorKinds: addCounts([a.errorKinds, b.errorKinds]),
    bytesIn: a.bytesIn + b.bytesIn,
    worst: joinWorst([a.worst, b.worst]),
    seconds: a.seconds + b.seconds,
  };
}

/**
 * @param width seconds
 * @param isIdle whether nothing was counted in some second of it
 */
export function writtenPoint(
  { index, time, errors, errorKinds, bytesIn, worst }: Interval,
  width: number,
  isIdle: boolean,
): Point {
  return {
    at: index * width * 1000,
    width: width * 1000,
    count: time.count,
    errors,
    ...(Object.keys(errorKinds).length > 0 && { errorKinds }),
    bytesIn,
    time: distributionOf(time),
    worst: { ...worst, minCount: isIdle ? 0 : Math.min(worst.minCount, time.count) },
  };
}
