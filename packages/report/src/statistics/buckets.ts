import type { Buckets } from '@marteau/shared';
import type { Histogram } from '../histogram/histogram.ts';
import { highest, lowest } from '../histogram/layout.ts';

/** Buckets of a drawing: 20 to a decade, each 12 % wide. */
export const bucketsPerDecade = 20;

/** The lower bound of a bucket in µs. */
export function bucketBegin(index: number): number {
  return 10 ** (index / bucketsPerDecade);
}

/** A histogram in buckets of equal ratio, for drawing; every value is counted once, by the middle of its bucket. */
export function bucketsOf({ layout, index, counts }: Histogram): Buckets {
  if (index.length === 0) return { first: 0, counts: [] };
  const place = (i: number) => {
    const middle = Math.max(1, (lowest(layout, index[i]!) + highest(layout, index[i]!)) / 2);
    return Math.floor(Math.log10(middle) * bucketsPerDecade + 1e-9);
  };
  const first = place(0);
  const sums = new Array<number>(place(index.length - 1) - first + 1).fill(0);
  for (let i = 0; i < index.length; i++) sums[place(i) - first]! += counts[i]!;
  return { first, counts: sums };
}
