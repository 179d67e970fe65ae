/**
 * How an HdrHistogram maps values to buckets. Up to 2 x half every value has a bucket of its own; beyond, each octave
 * has `half` buckets, so that a bucket is never wider than 1/half of its value (half is 1024 for three digits, 128
 * for two).
 *
 *     value   0 ……… 2·half ……… 4·half ……… 8·half
 *     width      1          2          4
 */
export interface Layout {
  readonly digits: number;
  /** log2 of the buckets of an octave. */
  readonly magnitude: number;
}

/** The layout of histograms that keep 0 … 5 significant digits. */
export function layoutOf(digits: number): Layout {
  return { digits, magnitude: Math.max(Math.ceil(Math.log2(2 * 10 ** digits)), 1) - 1 };
}

/** Index of the bucket that holds a whole number ≥ 0. */
export function indexOf({ magnitude }: Layout, value: number): number {
  const half = 2 ** magnitude;
  if (value < 2 * half) return value;
  const octave = Math.floor(Math.log2(value)) - magnitude;
  return (octave + 1) * half + Math.floor(value / 2 ** octave) - half;
}

/** The smallest value of a bucket. */
export function lowest({ magnitude }: Layout, index: number): number {
  const half = 2 ** magnitude;
  if (index < 2 * half) return index;
  const octave = Math.floor(index / half) - 1;
  return ((index % half) + half) * 2 ** octave;
}

/** The largest whole number of a bucket. */
export function highest(layout: Layout, index: number): number {
  return lowest(layout, index + 1) - 1;
}
