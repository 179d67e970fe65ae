/**
 * Where a value belongs in an HDR histogram of so many significant digits: the layout of HdrHistogram itself, so that
 * counts can be encoded as its V2 format and read by any of its libraries. Values are whole microseconds.
 *
 *     cell    0 … 2h-1   width 1       (h = half the sub-buckets: 1024 for 3 digits, 128 for 2)
 *            2h … 3h-1   width 2
 *            3h … 4h-1   width 4 …
 */
export interface Layout {
  readonly digits: 2 | 3;
  /** log2 of the cells per doubling. */
  readonly magnitude: number;
}

export const threeDigits: Layout = { digits: 3, magnitude: 10 };
export const twoDigits: Layout = { digits: 2, magnitude: 7 };

/** One hour in µs. Longer times are counted in its cell; the exact maximum stands beside every histogram. */
export const HIGHEST = 3_600_000_000;

/** The cell of a value; below 0 counts as 0, above `HIGHEST` as `HIGHEST`. */
export function cellOf(value: number, { magnitude }: Layout): number {
  const v = Math.min(Math.max(value, 0), HIGHEST);
  const bucket = 31 - magnitude - Math.clz32(v | ((2 << magnitude) - 1));
  return (bucket << magnitude) + (v >>> bucket);
}

/** The lowest value that a cell counts. */
export function lowestOf(cell: number, { magnitude }: Layout): number {
  const bucket = Math.max(0, (cell >>> magnitude) - 1);
  return (cell - bucket * 2 ** magnitude) * 2 ** bucket;
}

/** The highest value that a cell counts. */
export function highestOf(cell: number, layout: Layout): number {
  const bucket = Math.max(0, (cell >>> layout.magnitude) - 1);
  return lowestOf(cell, layout) + 2 ** bucket - 1;
}
