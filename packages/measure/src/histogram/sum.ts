import type { Distribution } from '../schema/distribution.ts';
import { decodeInto } from './decode.ts';
import { Histogram } from './histogram.ts';
import { highestOf, type Layout, lowestOf } from './layout.ts';
import { noTimes, type Times } from './times.ts';

const shared = new Histogram();
/** One for each layout that a sum is wanted in. */
const fixed = new Map<Layout, Histogram>();

/**
 * All of them as one, cell by cell: nothing is lost or averaged.
 * @param layout with as many digits at most
 */
export function addTimes(parts: readonly Times[], layout: Layout | null = null): Times {
  const filled = parts.filter(({ count }) => count > 0);
  if (filled.length === 0) return noTimes;
  if (filled.length === 1 && (layout === null || filled[0]!.layout.digits <= layout.digits))
    return filled[0]!;
  const sum = layout === null ? shared : histogramOf(layout);
  sum.reset();
  for (const part of filled) sum.add(part);
  // Of quantiles of parts no one of the whole follows.
  return filled.some(({ known }) => known) ? { ...sum.take(), known: [] } : sum.take();
}

function histogramOf(layout: Layout): Histogram {
  const known = fixed.get(layout) ?? new Histogram(layout);
  fixed.set(layout, known);
  return known;
}

/**
 * Reads distributions as they were written down, and adds them.
 * @throws Error when one of them is damaged
 */
export function readTimes(distributions: readonly Distribution[]): Times {
  shared.reset();
  for (const distribution of distributions) {
    if (distribution.count === 0) continue;
    decodeInto(distribution.histogram, shared);
    shared.note(distribution);
  }
  return shared.take();
}

/**
 * Reads encoded histograms that stand alone, and adds them: their extremes and their sum are as exact as their cells.
 * @throws Error when one of them is damaged
 */
export function readHistograms(texts: Iterable<string>): Times {
  shared.reset();
  let count = 0;
  for (const text of texts) count += decodeInto(text, shared);
  if (count === 0) return noTimes;
  shared.note({ count, min: 0, max: 0, sum: 0 });
  const { layout, cells, counts } = shared.take();
  let sum = 0;
  for (const [i, cell] of cells.entries())
    sum += ((lowestOf(cell, layout) + highestOf(cell, layout)) / 2) * counts[i]!;
  const [first, last] = [cells[0]!, cells.at(-1)!];
  return { count, min: lowestOf(first, layout), max: highestOf(last, layout), sum, layout, cells, counts };
}
