import type { Measurements } from '@marteau/measure';
import { mergeSeries } from './cells.ts';
import { recordedIntervals } from './grid.ts';
import type { Grid, MergedCloseUp, MergedStage } from './merged.ts';

const SECOND_MS = 1000;

/**
 * What all shares looked at closely, as one; null where the grid is as fine, or a share did not look.
 * @param offsets ms by which each share began later than the first
 */
export function mergeCloseUps(
  list: readonly Measurements[],
  offsets: readonly number[],
  { width, length }: Grid,
  stages: readonly MergedStage[],
): MergedCloseUp | null {
  const all = list.map(({ closeUp }) => closeUp);
  const stretches = all[0]?.stretches ?? [];
  if (width <= SECOND_MS || stretches.length === 0 || all.includes(undefined)) return null;
  const grid = { width: SECOND_MS, length: Math.ceil((length * width) / SECOND_MS) };
  const shares = all.map((closeUp, i) => ({ series: closeUp!.series, offset: offsets[i]! }));
  return { stretches, grid, cells: mergeSeries(shares, grid, recordedIntervals(grid, stages)) };
}
