/**
 * Paths for plots that are stretched to their place: x runs from 0 to `plotWidth`, y from 0 (top) to `plotHeight`, in
 * whole numbers, and every step is relative, which keeps 1,200 points under 10 KB.
 * @import { Scale } from './scale.js'
 * @typedef {{ from: number, width: number, end: number }} TimeGrid equal intervals on an axis that ends at `end` ms
 * @typedef {readonly [x: number, y: number]} Dot
 */
export const plotWidth = 4800;
export const plotHeight = 1000;

/** Where the middle of an interval lies, 0 … plotWidth. @param {TimeGrid} grid @param {number} index */
function xOf({ from, width, end }, index) {
  return Math.round((Math.min(from + (index + 0.5) * width, end) / end) * plotWidth);
}

/** Where a value lies, 0 (top) … plotHeight. @param {Scale} scale @param {number} value */
export function yOf(scale, value) {
  return Math.round((1 - scale.place(value)) * plotHeight);
}

/**
 * A line through the middles of the intervals, broken where there is no value.
 * @param {ArrayLike<number | null>} values @param {TimeGrid} grid @param {Scale} scale
 */
export function linePath(values, grid, scale) {
  const dots = Array.from(values, (value, i) =>
    value === null ? null : dot(xOf(grid, i), yOf(scale, value)),
  );
  return runsOf(dots)
    .filter((run) => run.length > 1)
    .map(through)
    .join('');
}

/**
 * The values that stand alone, as dots (strokes without length, with round ends).
 * @param {ArrayLike<number | null>} values @param {TimeGrid} grid @param {Scale} scale
 */
export function dotsPath(values, grid, scale) {
  const dots = Array.from(values, (value, i) =>
    value === null ? null : dot(xOf(grid, i), yOf(scale, value)),
  );
  return runsOf(dots)
    .filter((run) => run.length === 1)
    .map(([[x, y]]) => `M${x} ${y}h0`)
    .join('');
}

/**
 * The area between two curves, broken where either is missing.
 * @param {ArrayLike<number | null>} lower @param {ArrayLike<number | null>} upper
 * @param {TimeGrid} grid @param {Scale} scale
 */
export function bandPath(lower, upper, grid, scale) {
  const pairs = Array.from(lower, (low, i) => {
    const high = upper[i];
    return low === null || high === null
      ? null
      : { x: xOf(grid, i), top: yOf(scale, high), bottom: yOf(scale, low) };
  });
  return runsOf(pairs)
    .map((run) => {
      const top = run.map(({ x, top }) => dot(x, top));
      const bottom = run.map(({ x, bottom }) => dot(x, bottom)).reverse();
      return `${through([...top, ...bottom])}z`;
    })
    .join('');
}

/**
 * A line that keeps its value for the length of each interval: users, cycles.
 * @param {ArrayLike<number>} values @param {TimeGrid} grid @param {Scale} scale
 */
export function stairPath(values, grid, scale) {
  const edge = (/** @type {number} */ at) => Math.round((Math.min(at, grid.end) / grid.end) * plotWidth);
  const dots = Array.from(values).flatMap((value, i) => {
    const y = yOf(scale, value);
    return [dot(edge(grid.from + i * grid.width), y), dot(edge(grid.from + (i + 1) * grid.width), y)];
  });
  return through(withoutMiddles(dots));
}

/**
 * A stroke from the bottom for every interval with a value above zero.
 * @param {ArrayLike<number>} values @param {TimeGrid} grid @param {Scale} scale
 */
export function strokesPath(values, grid, scale) {
  return Array.from(values, (value, i) =>
    value > 0 ? `M${xOf(grid, i)} ${plotHeight}V${Math.min(yOf(scale, value), plotHeight - 30)}` : '',
  ).join('');
}

/** @param {number} x @param {number} y @returns {Dot} */
const dot = (x, y) => [x, y];

/** @param {readonly Dot[]} dots */
export function through(dots) {
  if (dots.length === 0) return '';
  let [x, y] = dots[0];
  let path = `M${x} ${y}`;
  for (const [nextX, nextY] of dots.slice(1)) {
    const [dx, dy] = [nextX - x, nextY - y];
    if (dy === 0) path += `h${dx}`;
    else if (dx === 0) path += `v${dy}`;
    else path += dy < 0 ? `l${dx}${dy}` : `l${dx} ${dy}`;
    [x, y] = [nextX, nextY];
  }
  return path;
}

/** Drops the dots inside a level stretch. @param {readonly Dot[]} dots */
function withoutMiddles(dots) {
  return dots.filter(
    ([, y], i) => i === 0 || i === dots.length - 1 || dots[i - 1][1] !== y || dots[i + 1][1] !== y,
  );
}

/** Stretches without gaps. @template T @param {readonly (T | null)[]} values @returns {T[][]} */
function runsOf(values) {
  const runs = [];
  let isOpen = false;
  for (const value of values) {
    if (value !== null && isOpen) runs.at(-1).push(value);
    else if (value !== null) runs.push([value]);
    isOpen = value !== null;
  }
  return runs;
}
