import type { Scale } from './scale.ts';

/** Equal intervals on the time axis of a chart that ends at `end` ms. */
export interface TimeGrid {
  readonly from: number;
  readonly width: number;
  readonly end: number;
}
type Dot = readonly [x: number, y: number];
type Values = ArrayLike<number | null>;

/**
 * Plots are as wide as their place: x runs from 0 to PLOT_WIDTH, y from 0 (top) to PLOT_HEIGHT, in whole numbers, and
 * every step is relative, which keeps 1,200 points under 10 KB.
 */
export const PLOT_WIDTH = 4800;
export const PLOT_HEIGHT = 1000;

/** Where the middle of an interval lies, 0 … PLOT_WIDTH. */
function xOf({ from, width, end }: TimeGrid, index: number): number {
  return Math.round((Math.min(from + (index + 0.5) * width, end) / end) * PLOT_WIDTH);
}

/** Where a value lies, 0 (top) … PLOT_HEIGHT. */
function yOf(scale: Scale, value: number): number {
  return Math.round((1 - scale.place(value)) * PLOT_HEIGHT);
}

/** A line through the middles of the intervals, broken where there is no value. */
export function linePath(values: Values, grid: TimeGrid, scale: Scale): string {
  return runsOf(dotsOf(values, grid, scale))
    .filter((run) => run.length > 1)
    .map(through)
    .join('');
}

/** The values that stand alone, as dots (strokes without length, with round ends). */
export function dotsPath(values: Values, grid: TimeGrid, scale: Scale): string {
  return runsOf(dotsOf(values, grid, scale))
    .filter((run) => run.length === 1)
    .map(([dot]) => `M${dot![0]} ${dot![1]}h0`)
    .join('');
}

/** The area between two curves, broken where either is missing. */
export function bandPath(lower: Values, upper: Values, grid: TimeGrid, scale: Scale): string {
  const pairs = Array.from(lower, (low, i) => {
    const high = upper[i] ?? null;
    return low === null || high === null
      ? null
      : { x: xOf(grid, i), top: yOf(scale, high), bottom: yOf(scale, low) };
  });
  return runsOf(pairs)
    .map((run) => {
      const top = run.map(({ x, top }): Dot => [x, top]);
      const bottom = run.map(({ x, bottom }): Dot => [x, bottom]).reverse();
      return `${through([...top, ...bottom])}z`;
    })
    .join('');
}

/** A line that keeps its value for the length of each interval: users, offered load. */
export function stairPath(values: ArrayLike<number>, grid: TimeGrid, scale: Scale): string {
  const edge = (at: number) => Math.round((Math.min(at, grid.end) / grid.end) * PLOT_WIDTH);
  const dots = Array.from(values).flatMap((value, i): Dot[] => {
    const y = yOf(scale, value);
    return [
      [edge(grid.from + i * grid.width), y],
      [edge(grid.from + (i + 1) * grid.width), y],
    ];
  });
  return through(withoutMiddles(dots));
}

/** A stroke from the bottom for every interval with a value above zero. */
export function strokesPath(values: ArrayLike<number>, grid: TimeGrid, scale: Scale): string {
  return Array.from(values, (value, i) =>
    value > 0 ? `M${xOf(grid, i)} ${PLOT_HEIGHT}V${Math.min(yOf(scale, value), PLOT_HEIGHT - 30)}` : '',
  ).join('');
}

function dotsOf(values: Values, grid: TimeGrid, scale: Scale): (Dot | null)[] {
  return Array.from(values, (value, i) => (value === null ? null : [xOf(grid, i), yOf(scale, value)]));
}

function through([first, ...others]: readonly Dot[]): string {
  if (!first) return '';
  let [x, y] = first;
  let path = `M${x} ${y}`;
  for (const [nextX, nextY] of others) {
    const [dx, dy] = [nextX - x, nextY - y];
    if (dy === 0) path += `h${dx}`;
    else if (dx === 0) path += `v${dy}`;
    else path += dy < 0 ? `l${dx}${dy}` : `l${dx} ${dy}`;
    [x, y] = [nextX, nextY];
  }
  return path;
}

/** Drops the dots inside what is level. */
function withoutMiddles(dots: readonly Dot[]): readonly Dot[] {
  return dots.filter(([, y], i) => dots[i - 1]?.[1] !== y || dots[i + 1]?.[1] !== y);
}

/** Values in a row, without gaps. */
function runsOf<T>(values: readonly (T | null)[]): T[][] {
  const runs: T[][] = [];
  let isOpen = false;
  for (const value of values) {
    if (value !== null && isOpen) runs.at(-1)!.push(value);
    else if (value !== null) runs.push([value]);
    isOpen = value !== null;
  }
  return runs;
}
