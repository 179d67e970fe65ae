import { highest, indexOf, type Layout, layoutOf, lowest } from './layout.ts';

/** The filled buckets of an HdrHistogram, in rising order: bucket `index[i]` holds `counts[i]` values. */
export interface Histogram {
  readonly layout: Layout;
  readonly index: Int32Array;
  readonly counts: Float64Array;
  readonly total: number;
}

export const emptyHistogram: Histogram = {
  layout: layoutOf(3),
  index: new Int32Array(0),
  counts: new Float64Array(0),
  total: 0,
};

/** The histogram of all values of all given ones: bucket by bucket, so that nothing is lost or averaged. */
export function addHistograms(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter(({ total }) => total > 0);
  if (filled.length < 2) return filled[0] ?? emptyHistogram;
  const layout = filled.map((h) => h.layout).reduce((a, b) => (a.digits <= b.digits ? a : b));
  const same = filled.map((h) => toLayout(h, layout));
  const size = Math.max(...same.map(({ index }) => index[index.length - 1]!)) + 1;
  const sums = new Float64Array(size);
  for (const { index, counts } of same) for (let i = 0; i < index.length; i++) sums[index[i]!]! += counts[i]!;
  return fromDense(layout, sums);
}

/** The filled buckets among the counts of all buckets. */
function fromDense(layout: Layout, dense: Float64Array): Histogram {
  let filled = 0;
  for (const count of dense) if (count > 0) filled++;
  const index = new Int32Array(filled);
  const counts = new Float64Array(filled);
  let total = 0;
  for (let i = 0, at = 0; i < dense.length; i++) {
    const count = dense[i]!;
    if (count === 0) continue;
    index[at] = i;
    counts[at++] = count;
    total += count;
  }
  return { layout, index, counts, total };
}

/** The same values with fewer digits. */
function toLayout(histogram: Histogram, layout: Layout): Histogram {
  if (histogram.layout.digits === layout.digits) return histogram;
  const last = highest(histogram.layout, histogram.index[histogram.index.length - 1]!);
  const dense = new Float64Array(indexOf(layout, last) + 1);
  for (let i = 0; i < histogram.index.length; i++)
    dense[indexOf(layout, lowest(histogram.layout, histogram.index[i]!))]! += histogram.counts[i]!;
  return fromDense(layout, dense);
}

/**
 * The value at a quantile 0 … 1 by HdrHistogram's rule: the highest value of the first bucket at which the counts so
 * far reach q x total, rounded up to a whole count. 0 for an empty histogram.
 */
export function quantile(histogram: Histogram, q: number): number {
  const wanted = Math.max(1, Math.ceil(q * histogram.total - q * histogram.total * 1e-12));
  let seen = 0;
  for (let i = 0; i < histogram.index.length; i++) {
    seen += histogram.counts[i]!;
    if (seen >= wanted) return highest(histogram.layout, histogram.index[i]!);
  }
  return 0;
}

/** How many values are below a bound; a bucket that the bound falls into counts as a whole when it begins below. */
export function countBelow(histogram: Histogram, bound: number): number {
  let below = 0;
  for (let i = 0; i < histogram.index.length; i++) {
    if (lowest(histogram.layout, histogram.index[i]!) >= bound) break;
    below += histogram.counts[i]!;
  }
  return below;
}
