import type { Point } from '@marteau/measure';
import { addCounts, type Counts } from './counts.ts';
import { distributionOf } from './encode.ts';
import { Histogram, mergeSummaries, percentile, type Summary } from './histogram.ts';
import { threeDigits, twoDigits } from './layout.ts';
import type { LabelPiece } from './piece.ts';

/** What was counted of one label in one second of recorded time. */
export interface SecondCount {
  readonly second: number;
  /** Whether all of the second was recorded; the edges of a window that was cut short are not. */
  readonly full: boolean;
  readonly time: Summary;
  readonly errors: number;
  readonly errorKinds: Counts;
  readonly bytesIn: number;
}

/** What some labels had in a second. */
export function countSecond(second: number, full: boolean, labels: readonly LabelPiece[]): SecondCount {
  return {
    second,
    full,
    time: mergeSummaries(
      threeDigits,
      labels.map(({ time }) => time),
    ),
    errors: labels.reduce((sum, { errorTime }) => sum + (errorTime?.count ?? 0), 0),
    errorKinds: labels.map(({ errorKinds }) => errorKinds).reduce(addCounts),
    bytesIn: labels.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
  };
}

/** One interval of a series, before it is written down. */
export interface SeriesPoint {
  /** Number of the interval: it begins at `index × width` seconds. */
  readonly index: number;
  readonly time: Summary;
  readonly errors: number;
  readonly errorKinds: Counts;
  readonly bytesIn: number;
  readonly worst: {
    readonly minCount: number;
    readonly maxCount: number;
    readonly errors: number;
    readonly p95: number;
  };
  /** How many of its full seconds counted anything. */
  readonly seconds: number;
}

/** The points of one label over time, in order. Intervals in which nothing finished have none. */
export class Series {
  #points: SeriesPoint[] = [];

  get points(): readonly SeriesPoint[] {
    return this.#points;
  }

  /** @param width seconds an interval has now */
  add(count: SecondCount, width: number): void {
    const index = Math.floor(count.second / width);
    const point = pointOf(count, index);
    const last = this.#points.at(-1);
    if (last?.index === index) this.#points[this.#points.length - 1] = joined(last, point, index);
    else this.#points.push(point);
  }

  /** Intervals have become twice as wide. */
  widen(): void {
    const wider: SeriesPoint[] = [];
    for (const point of this.#points) {
      const index = point.index >> 1;
      const last = wider.at(-1);
      if (last?.index === index) wider[wider.length - 1] = joined(last, point, index);
      else wider.push({ ...point, index });
    }
    this.#points = wider;
  }
}

/**
 * @param width seconds
 * @param isIdle whether nothing was counted in some second of it
 */
export function writtenPoint(
  { index, time, errors, errorKinds, bytesIn, worst }: SeriesPoint,
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

function pointOf({ full, time, errors, errorKinds, bytesIn }: SecondCount, index: number): SeriesPoint {
  const small = new Histogram(twoDigits);
  small.merge(time);
  const minCount = full ? time.count : Number.POSITIVE_INFINITY;
  const worst = { minCount, maxCount: time.count, errors, p95: percentile(time, 95) };
  return { index, time: small.summary(), errors, errorKinds, bytesIn, worst, seconds: full ? 1 : 0 };
}

function joined(a: SeriesPoint, b: SeriesPoint, index: number): SeriesPoint {
  return {
    index,
    time: mergeSummaries(twoDigits, [a.time, b.time]),
    errors: a.errors + b.errors,
    errorKinds: addCounts(a.errorKinds, b.errorKinds),
    bytesIn: a.bytesIn + b.bytesIn,
    worst: {
      minCount: Math.min(a.worst.minCount, b.worst.minCount),
      maxCount: Math.max(a.worst.maxCount, b.worst.maxCount),
      errors: Math.max(a.worst.errors, b.worst.errors),
      p95: Math.max(a.worst.p95, b.worst.p95),
    },
    seconds: a.seconds + b.seconds,
  };
}
