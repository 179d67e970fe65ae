import { cellOf, HIGHEST, highestOf, type Layout, threeDigits } from './layout.ts';

/**
 * How some values spread, at rest: how many there are, the exact extremes and the sum, and the filled cells of their
 * HDR histogram in rising order, of which cell `cells[i]` counts `counts[i]` values. Values are µs, unless said.
 */
export interface Times {
  readonly count: number;
  /** 0 when there are none, as the maximum. */
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly layout: Layout;
  readonly cells: Uint16Array | Uint32Array;
  readonly counts: Uint32Array | Float64Array;
  /** Only these quantiles are true, where a tool told nothing more; all are where it is left out. */
  readonly known?: readonly number[];
}

/** Whether the value at a quantile is known. */
export function isKnown({ known }: Times, q: number): boolean {
  return known === undefined || known.some((each) => Math.abs(each - q) < 1e-9);
}

export const noTimes: Times = {
  count: 0,
  min: 0,
  max: 0,
  sum: 0,
  layout: threeDigits,
  cells: new Uint16Array(0),
  counts: new Uint32Array(0),
};

/**
 * The one rule of quantiles: of `count` values in rising order it is the one with this number, from 1. The product is
 * lessened by what rounding may have added to it: 99.9 % of 1,000 are 999, though floating point says a little more.
 * @param q 0 … 1
 */
export function rankOf(q: number, count: number): number {
  return Math.max(1, Math.ceil(q * count * (1 - 1e-12)));
}

/**
 * The values at quantiles 0 … 1 in rising order: each the highest of its cell, as HdrHistogram says it, but never
 * outside of what was measured. One walk finds all of them: there may be thousands of cells. 0 where there is nothing.
 */
export function timesAt(
  { count, min, max, layout, cells, counts }: Times,
  quantiles: readonly number[],
): number[] {
  let seen = 0;
  let next = 0;
  return quantiles.map((q) => {
    if (q >= 1) return max;
    const rank = rankOf(q, count);
    while (seen < rank && next < cells.length) seen += counts[next++]!;
    const value = next === 0 ? 0 : highestOf(cells[next - 1]!, layout);
    // The last cell of what a recorder counts holds all that took longer.
    const isLast = next === cells.length && value >= HIGHEST;
    return isLast ? max : Math.max(min, Math.min(max, value));
  });
}

/** The value at one quantile; null where there is nothing, or nobody knows it. */
export function timeAt(times: Times, q: number): number | null {
  return times.count === 0 || !isKnown(times, q) ? null : timesAt(times, [q])[0]!;
}

/** How many values are below a bound; a cell that the bound falls into counts as a whole when it begins below. */
export function countBelow({ layout, cells, counts }: Times, bound: number): number {
  const last = cellOf(Math.max(0, Math.ceil(bound) - 1), layout);
  let below = 0;
  for (let i = 0; i < cells.length && cells[i]! <= last; i++) below += counts[i]!;
  return below;
}
