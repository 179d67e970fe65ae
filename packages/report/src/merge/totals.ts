import { addSeries } from './cells.ts';
import type { Cell, Merged, MergedLabel, MergedStats } from './merged.ts';
import { addStats } from './stats.ts';

/** Something with figures per stage and a curve: a label, or all labels of a kind. */
export interface Subject {
  readonly steps: readonly MergedStats[];
  readonly cells: readonly (Cell | null)[];
}

/** All requests together, and all iterations of all tests. Never over stages: those are different loads. */
export interface Totals {
  readonly requests: Subject;
  readonly tests: Subject;
}

export function totalsOf(merged: Merged): Totals {
  return {
    requests: total(
      merged,
      merged.labels.filter(({ kind }) => kind === 'request'),
    ),
    tests: total(
      merged,
      merged.labels.filter(({ kind }) => kind === 'test'),
    ),
  };
}

function total(merged: Merged, labels: readonly MergedLabel[]): Subject {
  const cells = addSeries(
    merged.grid,
    labels.map((label) => label.cells),
  );
  const steps = merged.steps.flatMap(({ plan, begin, end }) => {
    const parts = labels.flatMap((label) => label.steps.filter(({ step }) => step === plan.index));
    if (parts.length === 0) return [];
    const sum = addStats(parts);
    return {
      ...sum,
      peak: Math.min(sum.peak, highestSecond(cells, merged.grid.width, begin, end) || sum.peak),
    };
  });
  return { steps, cells };
}

/** The most that finished in one second of a window; labels rarely have their best seconds at once. */
function highestSecond(cells: readonly (Cell | null)[], width: number, begin: number, end: number): number {
  let highest = 0;
  cells.forEach((cell, i) => {
    const touches = (i + 1) * width > begin && i * width < end;
    if (cell && touches) highest = Math.max(highest, cell.worst.maxCount);
  });
  return highest;
}
