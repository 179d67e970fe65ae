import type { LoadPoint } from '@marteau/measure';
import type { Cell, Grid, MergedStats, Times } from '../merge/merged.ts';
import { addTimes } from '../merge/times.ts';

/** What a threshold looks at: everything that finished in some stretch of time. */
export interface Slice {
  readonly count: number;
  readonly errors: number;
  readonly bytesIn: number;
  readonly time: Times;
  readonly errorTime: Times | null;
  readonly seconds: number;
  /** Iterations started per second, where these are what is asked for. */
  readonly startRate?: number | null;
  /** Ms since the load began; null for a whole step. */
  readonly window: { from: number; to: number } | null;
}

/** A stretch of time in ms since the load began. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A whole step. */
export function wholeStep(stats: MergedStats, seconds: number): Slice {
  const { count, errors, bytesIn, time, errorTime } = stats;
  return { count, errors, bytesIn, time, errorTime, seconds, window: null };
}

/** Intervals that lie wholly inside the stretch, and that the predicate lets through. */
export function intervalsWithin(
  grid: Grid,
  stretch: Stretch,
  allowed: (interval: Stretch) => boolean,
): number[] {
  // A window may begin a few ms after its interval: what was recorded in the rest of it is all there is.
  const slack = Math.min(grid.width / 2, 500);
  const inside: number[] = [];
  for (let i = 0; i < grid.length; i++) {
    const interval = { from: i * grid.width, to: (i + 1) * grid.width };
    const fits = interval.from >= stretch.from - slack && interval.to <= stretch.to + slack;
    if (fits && allowed(interval)) inside.push(i);
  }
  return inside;
}

/** Some intervals of a curve together. */
export function sliceOf(cells: readonly (Cell | null)[], grid: Grid, intervals: readonly number[]): Slice {
  const filled = intervals.flatMap((i) => cells[i] ?? []);
  const sum = (pick: (cell: Cell) => number) => filled.reduce((total, cell) => total + pick(cell), 0);
  return {
    count: sum(({ count }) => count),
    errors: sum(({ errors }) => errors),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    time: addTimes(filled.map(({ time }) => time)),
    errorTime: null,
    seconds: (intervals.length * grid.width) / 1000,
    window: { from: intervals[0]! * grid.width, to: (intervals.at(-1)! + 1) * grid.width },
  };
}

/** Every run of so many intervals that follow each other without a gap. */
export function windowsOf(intervals: readonly number[], length: number): number[][] {
  const windows: number[][] = [];
  for (let i = 0; i + length <= intervals.length; i++) {
    const window = intervals.slice(i, i + length);
    if (window.at(-1)! - window[0]! === length - 1) windows.push(window);
  }
  return windows;
}

/** Iterations started per second in some intervals; null where there are none. */
export function startRateOf(
  load: readonly LoadPoint[],
  grid: Grid,
  intervals: readonly number[],
): number | null {
  if (intervals.length === 0) return null;
  const started = intervals.reduce((sum, i) => sum + (load[i]?.started ?? 0), 0);
  return (started * 1000) / (intervals.length * grid.width);
}
