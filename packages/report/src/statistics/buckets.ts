import { highestOf, lowestOf, type Times } from '@marteau/measure';
import type { Buckets } from '../schema/statistics.ts';
import { once } from './once.ts';

/** Buckets of a drawing: 20 to a decade, each 12 % wide. */
export const BUCKETS_PER_DECADE = 20;

/** The lower bound of a bucket in µs. */
export function bucketBegin(index: number): number {
  return 10 ** (index / BUCKETS_PER_DECADE);
}

/** A histogram in buckets of equal ratio, for drawing; every value is counted once, by the middle of its bucket. */
export const bucketsOf = once(({ layout, cells, counts, known }: Times): Buckets => {
  if (cells.length === 0 || known) return { first: 0, counts: [] };
  const middle = (i: number) => Math.max(1, (lowestOf(cells[i]!, layout) + highestOf(cells[i]!, layout)) / 2);
  const first = Math.floor(Math.log10(middle(0)) * BUCKETS_PER_DECADE + 1e-9);
  const sums = [0];
  let end = bucketEnd(first);
  for (let i = 0; i < cells.length; i++) {
    for (const at = middle(i); at >= end; end = bucketEnd(first + sums.length - 1)) sums.push(0);
    sums[sums.length - 1]! += counts[i]!;
  }
  return { first, counts: sums };
});

/** Where the next bucket begins, less what rounding may do to it. */
function bucketEnd(bucket: number): number {
  return bucketBegin(bucket + 1 - 1e-9);
}
