import type { Measurements } from '@marteau/measure';
import type { Grid } from './merged.ts';

/** The most intervals that a series keeps. */
const MAX_INTERVALS = 1200;

/** What a point needs to find its interval. */
interface Placed {
  readonly at: number;
  readonly width: number;
}

/**
 * One grid for everything that was measured: as fine as the coarsest series, and never more than 1,200 intervals.
 * @param offsets ms by which each share began later than the first
 */
export function commonGrid(list: readonly Measurements[], offsets: readonly number[]): Grid {
  let width = 1;
  let end = 0;
  list.forEach((share, i) => {
    const see = (point: Placed) => {
      width = Math.max(width, point.width);
      end = Math.max(end, point.at + point.width + offsets[i]!);
    };
    for (const label of share.labels) label.series.forEach(see);
    share.load.forEach(see);
  });
  width = Math.max(1, Math.round(width));
  while (Math.ceil(end / width) > MAX_INTERVALS + 1) width *= 2;
  return { width, length: Math.min(MAX_INTERVALS, Math.max(1, Math.round(end / width))) };
}

/** Which interval a point belongs to: the one that holds its middle, so that a small skew moves nothing. */
export function intervalOf(grid: Grid, point: Placed, offset: number): number {
  const index = Math.floor((point.at + point.width / 2 + offset) / grid.width);
  return Math.max(0, Math.min(grid.length - 1, index));
}

/** Per interval, whether all of it lies in a recorded window. */
export function recordedIntervals(grid: Grid, windows: readonly { begin: number; end: number }[]): boolean[] {
  return Array.from({ length: grid.length }, (_, i) =>
    windows.some(({ begin, end }) => begin <= i * grid.width && end >= (i + 1) * grid.width),
  );
}
