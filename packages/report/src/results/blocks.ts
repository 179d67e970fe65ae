import { encodeNarrow, type LabelKind } from '@marteau/measure';
import { joinInTime } from '../merge/cells.ts';
import type { Cell, Grid, Merged, MergedStage } from '../merge/merged.ts';
import type { Totals } from '../merge/totals.ts';
import type { Blocks } from '../schema/blocks.ts';
import { busiestLabels } from '../statistics/busiest.ts';

/** What follows after so many seconds hardly resembles what was before. */
const BLOCK_MS = 20_000;
/** Fewer blocks than this say nothing about how much a figure varies; shorter blocks are better than none. */
const FEWEST = 6;
const MOST = 60;
/** Labels that keep their blocks: those in which the most time was spent. */
const MOST_LABELS = 30;
/** Blocks of all stages and labels together. */
const BLOCK_BUDGET = 3_000;

/** The recorded stages in blocks: of all requests, of all tests, and of the busiest requests. */
export function blocksOf(merged: Merged, stages: readonly MergedStage[], totals: Totals): Blocks[] {
  const perStage = Math.max(1, Math.floor(BLOCK_BUDGET / Math.max(1, stages.length) / FEWEST));
  const subjects: { kind: LabelKind; label: string | null; cells: Cells }[] = [
    { kind: 'request', label: null, cells: totals.requests.cells },
    { kind: 'test', label: null, cells: totals.tests.cells },
    ...busiestLabels(
      merged.labels.filter(({ kind }) => kind === 'request'),
      Math.min(MOST_LABELS, perStage),
    ).map(({ kind, name, cells }) => ({ kind, label: name, cells })),
  ];
  // Of a single label its own curve is that of all: it is cut once.
  const same = subjects.map(({ cells }) => subjects.findIndex((one) => areSame(one.cells, cells)));
  return stages.flatMap((stage) => {
    const size = blockSize(stage, merged.grid);
    const blocks: Blocks['blocks'][] = [];
    return subjects.map(({ kind, label, cells }, i) => {
      blocks[i] = blocks[same[i]!] ?? cut(cells, stage, merged.grid, size);
      return {
        step: stage.plan.index,
        label,
        kind,
        seconds: (size * merged.grid.width) / 1000,
        blocks: blocks[i],
      };
    });
  });
}

type Cells = readonly (Cell | null)[];

function areSame(a: Cells, b: Cells): boolean {
  return a === b || (a.length === b.length && a.every((cell, i) => cell === b[i]));
}

/** Intervals to a block. */
function blockSize({ begin, end }: MergedStage, grid: Grid): number {
  const length = end - begin;
  const wanted = Math.max(Math.min(BLOCK_MS, length / FEWEST), length / MOST);
  return Math.max(1, Math.round(wanted / grid.width));
}

function cut(cells: Cells, { begin, end }: MergedStage, grid: Grid, size: number): Blocks['blocks'] {
  const first = Math.ceil(begin / grid.width - 1e-6);
  const last = Math.floor(end / grid.width + 1e-6);
  const blocks: Blocks['blocks'] = [];
  for (let i = first; i + size <= last && blocks.length < MOST; i += size) {
    const filled = cells.slice(i, i + size).filter((cell) => cell !== null);
    if (filled.length === 0) blocks.push({ count: 0, errors: 0, histogram: '' });
    else {
      const { count, errors, time } = joinInTime(filled);
      blocks.push({ count, errors, histogram: encodeNarrow(time) });
    }
  }
  return blocks;
}
