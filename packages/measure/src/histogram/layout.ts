/**
 * How an HDR histogram maps values to cells: the layout of HdrHistogram itself, so that counts can be written in its
 * V2 format and read by any of its libraries. Up to 2 x half every value has a cell of its own; beyond, each octave
 * has `half` cells, so that a cell is never wider than 1/half of its value.
 *
 *     value   0 ……… 2·half ……… 4·half ……… 8·half          (half: 1024 for three digits, 128 for two)
 *     width      1          2          4
 */
export interface Layout {
  /** Significant digits that are kept, 0 … 5. */
  readonly digits: number;
  /** log2 of the cells of an octave. */
  readonly magnitude: number;
}

export const layouts: readonly Layout[] = [0, 1, 2, 3, 4, 5].map((digits) => ({
  digits,
  magnitude: Math.max(Math.ceil(Math.log2(2 * 10 ** digits)), 1) - 1,
}));

export const threeDigits = layouts[3]!;
export const twoDigits = layouts[2]!;

/** One hour in µs. Longer times are counted in its cell; the exact maximum stands beside every histogram. */
export const HIGHEST = 3_600_000_000;

/** The cell of a whole value of 0 or more. */
export function cellOf(value: number, { magnitude }: Layout): number {
  if (value > 0xffff_ffff) return cellBeyond32Bits(value, magnitude);
  const octave = 31 - magnitude - Math.clz32(value | ((2 << magnitude) - 1));
  return (octave << magnitude) + (value >>> octave);
}

/** Bits are of 32-bit numbers: of greater ones the octave is found by the logarithm. */
function cellBeyond32Bits(value: number, magnitude: number): number {
  const octave = Math.floor(Math.log2(value)) - magnitude;
  return octave * 2 ** magnitude + Math.floor(value / 2 ** octave);
}

/** The lowest value that a cell counts. */
export function lowestOf(cell: number, { magnitude }: Layout): number {
  const octave = Math.max(0, (cell >>> magnitude) - 1);
  return (cell - octave * 2 ** magnitude) * 2 ** octave;
}

/** The highest value that a cell counts. */
export function highestOf(cell: number, layout: Layout): number {
  const octave = Math.max(0, (cell >>> layout.magnitude) - 1);
  return lowestOf(cell, layout) + 2 ** octave - 1;
}
