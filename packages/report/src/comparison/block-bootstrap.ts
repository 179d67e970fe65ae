import { lowestOf, rankOf, readHistograms, type Times } from '@marteau/measure';
import type { Blocks } from '../schema/blocks.ts';
import { seeded } from '../statistics/random.ts';

const REPETITIONS = 400;

/** The logarithm of after / before, and how much it varies within the runs: its standard error. */
export interface Change {
  readonly change: number;
  readonly error: number;
  /** Blocks of the shorter side, less one. */
  readonly freedom: number;
}

/** Draws again and again as many blocks as there are; the share of time that a statistic speaks of is the block. */
type Sample = (picked: readonly number[]) => number;

/**
 * Compares a percentile of two sides by a block bootstrap: blocks of some seconds are drawn with replacement, because
 * single requests resemble their neighbours and would look far more certain than they are.
 * @param before the blocks of one or more runs
 * @returns null where there are fewer than three blocks on a side, or nothing was counted
 */
export function comparePercentile(before: readonly Blocks[], after: Blocks, quantile: number): Change | null {
  const sides = [before.flatMap(({ blocks }) => blocks), after.blocks].map((blocks) =>
    blocks.filter(({ count }) => count > 0),
  );
  if (sides.some((blocks) => blocks.length < 3)) return null;
  const samples = sides.map((blocks) =>
    percentileOf(
      blocks.map(({ histogram }) => readHistograms([histogram])),
      quantile,
    ),
  );
  return compared(samples as [Sample, Sample], sides.map((blocks) => blocks.length) as [number, number]);
}

/** Compares how much finished per second. */
export function compareRate(before: readonly Blocks[], after: Blocks): Change | null {
  const sides = [
    before.flatMap(({ blocks, seconds }) => blocks.map(({ count }) => count / seconds)),
    after.blocks.map(({ count }) => count / after.seconds),
  ];
  if (sides.some((rates) => rates.length < 3)) return null;
  const samples = sides.map(
    (rates): Sample =>
      (picked) => {
        let sum = 0;
        for (const i of picked) sum += rates[i]!;
        return sum / picked.length;
      },
  );
  return compared(samples as [Sample, Sample], sides.map((rates) => rates.length) as [number, number]);
}

function compared(
  [before, after]: [Sample, Sample],
  [countBefore, countAfter]: [number, number],
): Change | null {
  const all = (count: number) => Array.from({ length: count }, (_, i) => i);
  const change = Math.log(after(all(countAfter)) / before(all(countBefore)));
  if (!Number.isFinite(change)) return null;
  const random = seeded(1968);
  const draw = (count: number) => Array.from({ length: count }, () => Math.floor(random() * count));
  let [sum, squares] = [0, 0];
  for (let i = 0; i < REPETITIONS; i++) {
    const again = Math.log(after(draw(countAfter)) / before(draw(countBefore)));
    const value = Number.isFinite(again) ? again : 0;
    sum += value;
    squares += value * value;
  }
  const variance = Math.max(0, squares / REPETITIONS - (sum / REPETITIONS) ** 2);
  const freedom = Math.min(countBefore, countAfter) - 1;
  // A bootstrap of n blocks sees (n - 1) / n of the variance.
  return { change, error: Math.sqrt((variance * (freedom + 1)) / freedom), freedom };
}

/**
 * A percentile of any choice of blocks. Each block keeps its cumulated counts over the buckets of all, so that a choice
 * is searched by bisection and never added up.
 */
function percentileOf(histograms: readonly Times[], quantile: number): Sample {
  const buckets = [...new Set(histograms.flatMap(({ cells }) => [...cells]))].sort((a, b) => a - b);
  const place = new Map(buckets.map((bucket, i) => [bucket, i]));
  const cumulated = histograms.map(({ cells, counts }) => {
    const sums = new Float64Array(buckets.length);
    cells.forEach((bucket, i) => {
      sums[place.get(bucket)!] = counts[i]!;
    });
    for (let i = 1; i < sums.length; i++) sums[i]! += sums[i - 1]!;
    return sums;
  });
  const { layout } = histograms[0]!;
  const upTo = (picked: readonly number[], bucket: number) => {
    let sum = 0;
    for (const i of picked) sum += cumulated[i]![bucket]!;
    return sum;
  };
  return (picked) => {
    const wanted = rankOf(quantile, upTo(picked, buckets.length - 1));
    let [low, high] = [0, buckets.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo(picked, middle) >= wanted) high = middle;
      else low = middle + 1;
    }
    return Math.max(1, lowestOf(buckets[low]!, layout));
  };
}
