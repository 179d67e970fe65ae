import { addCounts, addTimes, joinWorst, type Point, readTimes } from '@marteau/measure';
import { intervalOf } from './grid.ts';
import type { Cell, Grid } from './merged.ts';

/** One share's series, and how much later than the first it began. */
interface SharesSeries {
  readonly series: readonly Point[];
  readonly offset: number;
}

type Worst = Cell['worst'];

/**
 * Lays the series of all shares on the grid and adds them.
 * @param recorded per interval, whether all of it was recorded: then a missing point is an interval of nothing
 */
export function mergeSeries(
  shares: readonly SharesSeries[],
  grid: Grid,
  recorded: readonly boolean[],
): (Cell | null)[] {
  const intervals = Array.from(
    { length: grid.length },
    (): Interval => ({ points: [], worsts: [], share: -1, covered: 0 }),
  );
  shares.forEach(({ series, offset }, share) => {
    for (const point of series) addPoint(intervals[intervalOf(grid, point, offset)]!, point, share);
    if (series.length === 0) return;
    intervals.forEach((interval, i) => {
      const isBroken = interval.share === share && interval.covered < grid.width && recorded[i];
      if (isBroken) interval.worsts.at(-1)!.minCount = 0;
    });
  });
  return intervals.map(({ points, worsts }) =>
    points.length === 0
      ? null
      : { ...counts(points), time: readTimes(points.map(({ time }) => time)), worst: addWorst(worsts) },
  );
}

/** What falls into one interval: the points of all shares, and the worst second of each share. */
interface Interval {
  readonly points: Point[];
  readonly worsts: Worst[];
  /** The share whose points came last, and how many ms of the interval they cover. */
  share: number;
  covered: number;
}

function addPoint(interval: Interval, point: Point, share: number): void {
  interval.points.push(point);
  if (interval.share === share) {
    interval.covered += point.width;
    interval.worsts.push(joinWorst([interval.worsts.pop()!, point.worst]));
  } else {
    interval.share = share;
    interval.covered = point.width;
    interval.worsts.push({ ...point.worst });
  }
}

/** Intervals that follow each other as one: the worst second is the worst of any. */
export function joinInTime(cells: readonly Cell[]): Cell {
  if (cells.length === 1) return cells[0]!;
  return {
    ...counts(cells),
    time: addTimes(cells.map(({ time }) => time)),
    worst: joinWorst(cells.map(({ worst }) => worst)),
  };
}

/** In one of its seconds nothing finished. */
export function withEmptySecond(cell: Cell): Cell {
  return { ...cell, worst: { ...cell.worst, minCount: 0 } };
}

/** Adds series of one grid, interval by interval. */
export function addSeries(
  grid: Grid,
  series: readonly (readonly (Cell | null)[])[],
): readonly (Cell | null)[] {
  if (series.length === 1) return series[0]!;
  return Array.from({ length: grid.length }, (_, i) => {
    const filled = series.flatMap((cells) => cells[i] ?? []);
    if (filled.length < 2) return filled[0] ?? null;
    return {
      ...counts(filled),
      time: addTimes(filled.map(({ time }) => time)),
      worst: addWorst(filled.map(({ worst }) => worst)),
    };
  });
}

type Countable = Pick<Cell, 'count' | 'errors' | 'errorKinds' | 'bytesIn'>;

function counts(parts: readonly Countable[]): Countable {
  let [count, errors, bytesIn] = [0, 0, 0];
  for (const part of parts) {
    count += part.count;
    errors += part.errors;
    bytesIn += part.bytesIn;
  }
  const kinds = parts.flatMap(({ errorKinds }) => (errorKinds ? [errorKinds] : []));
  return { count, errors, bytesIn, ...(kinds.length > 0 && { errorKinds: addCounts(kinds) }) };
}

/**
 * The same interval of several shares or labels. In a second of its own the counts are exact; in longer intervals the
 * worst seconds need not be the same ones, so the lowest and the highest counts are bounds.
 */
function addWorst(parts: readonly Worst[]): Worst {
  const sum: Worst = { minCount: 0, maxCount: 0, errors: 0, p95: 0 };
  for (const part of parts) {
    sum.minCount += part.minCount;
    sum.maxCount += part.maxCount;
    sum.errors += part.errors;
    sum.p95 = Math.max(sum.p95, part.p95);
  }
  return sum;
}
