import { readHistograms, timeAt } from '@marteau/measure';
import type { Blocks } from '../schema/blocks.ts';
import type { Endpoint } from '../schema/comparison.ts';

/** Fewer blocks tell nothing about how a figure varies among them. */
const FEWEST = 3;

/**
 * How much a figure of one run varies because the run is only so long: the variance of its logarithm, from the blocks
 * of some seconds that runs keep, on average over the runs. Blocks hardly resemble each other, so the figure of the
 * whole varies by the n-th part of what they do.
 * @returns 0 where no run has enough blocks
 */
export function varianceWithin(runs: readonly Blocks[], metric: Endpoint['metric']): number {
  const variances = runs.flatMap(({ blocks }) => {
    const filled = blocks.filter(({ count }) => count > 0);
    return filled.length < FEWEST ? [] : [ofMean(filled.map((block) => Math.log(figureOf(block, metric))))];
  });
  return variances.length === 0 ? 0 : variances.reduce((sum, one) => sum + one, 0) / variances.length;
}

function figureOf({ count, histogram }: Blocks['blocks'][number], metric: Endpoint['metric']): number {
  if (metric === 'rate') return count;
  return Math.max(1, timeAt(readHistograms([histogram]), metric === 'p95' ? 0.95 : 0.5) ?? 0);
}

/** The variance of the mean of some values. */
function ofMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}
