import { highest, indexOf, type Layout, layoutOf } from './layout.ts';

/** The filled buckets of an HdrHistogram, in rising order: bucket `index[i]` holds `counts[i]` values. */
export interface Histogram {
  readonly layout: Layout;
  readonly index: Uint16Array | Uint32Array;
  readonly counts: Uint32Array | Float64Array;
  readonly total: number;
}

export const emptyHistogram: Histogram = {
  layout: layoutOf(3),
  index: new Uint16Array(0),
  counts: new Uint32Array(0),
  total: 0,
};

/**
 * The filled buckets among the counts of all, from one bucket to before another. A report holds some ten thousand
 * histograms at once, so each takes the narrowest numbers that it fits into.
 * @param filled how many of them hold anything
 * @param total what all of them hold
 */
export function fromDense(
  layout: Layout,
  dense: Float64Array,
  { from, to }: { from: number; to: number },
  filled: number,
  total: number,
): Histogram {
  const index = to <= 65_536 ? new Uint16Array(filled) : new Uint32Array(filled);
  const counts = total < 2 ** 32 ? new Uint32Array(filled) : new Float64Array(filled);
  for (let i = from, at = 0; i < to; i++) {
    const count = dense[i]!;
    if (count === 0) continue;
    index[at] = i;
    counts[at++] = count;
  }
  return { layout, index, counts, total };
}

/**
 * The values at quantiles 0 … 1, in rising order, by HdrHistogram's rule: the highest value of the first bucket at which
 * the counts so far reach q x total, rounded up to a whole count. 0 for an empty histogram. One walk finds all of them:
 * a histogram may have thousands of buckets.
 */
export function quantilesOf(
  { layout, index, counts, total }: Histogram,
  wanted: readonly number[],
): number[] {
  let seen = 0;
  let next = 0;
  return wanted.map((q) => {
    const rank = Math.max(1, Math.ceil(q * total - q * total * 1e-12));
    while (seen < rank && next < index.length) seen += counts[next++]!;
    return seen < rank ? 0 : highest(layout, index[next - 1]!);
  });
}

/** How many values are below a bound; a bucket that the bound falls into counts as a whole when it begins below. */
export function countBelow({ layout, index, counts }: Histogram, bound: number): number {
  const last = indexOf(layout, Math.ceil(bound) - 1);
  let below = 0;
  for (let i = 0; i < index.length && index[i]! <= last; i++) below += counts[i]!;
  return below;
}
