import { addTimes, encodeNarrow, GENERATOR, type LabelKind } from '@marteau/measure';
import type { Cell, Grid, Merged, MergedMetric, MergedStage, MetricCounts } from '../merge/merged.ts';
import type { Totals } from '../merge/totals.ts';
import type { Blocks } from '../schema/blocks.ts';
import { busiestLabels } from '../statistics/busiest.ts';
import { isWait } from './kind-figures.ts';

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
  const waits = waitsOf(merged).slice(0, Math.max(0, perStage - subjects.length));
  return stages.flatMap((stage): Blocks[] => {
    const size = blockSize(stage, merged.grid);
    const seconds = (size * merged.grid.width) / 1000;
    const step = stage.plan.index;
    const blocks: Blocks['blocks'][] = [];
    return [
      ...subjects.map(({ kind, label, cells }, i) => {
        blocks[i] = blocks[same[i]!] ?? cut(cells, stage, merged.grid, size);
        return { step, label, kind, seconds, blocks: blocks[i] };
      }),
      ...waits.map(({ of: { kind, label }, name, cells }) => ({
        step,
        label,
        kind: 'request' as const,
        of: { kind, name },
        seconds,
        blocks: cut(cells, stage, merged.grid, size),
      })),
    ];
  });
}

type Wait = MergedMetric & { readonly of: NonNullable<MergedMetric['of']> };

/** The times that sockets, streams and other kinds let people wait, those of which there are most. */
function waitsOf({ metrics }: Merged): Wait[] {
  const count = ({ steps }: Wait) => steps.reduce((sum, step) => sum + step.count, 0);
  const waits = metrics.filter(
    (metric): metric is Wait => metric.of !== undefined && metric.of.kind !== GENERATOR && isWait(metric),
  );
  return waits.toSorted((a, b) => count(b) - count(a)).slice(0, MOST_LABELS);
}

type Cells = readonly (Cell | null)[];
/** Of a time that is no request's nothing fails. */
type Counted = Cell | MetricCounts;

function areSame(a: Cells, b: Cells): boolean {
  return a === b || (a.length === b.length && a.every((cell, i) => cell === b[i]));
}

/** Intervals to a block. */
function blockSize({ begin, end }: MergedStage, grid: Grid): number {
  const length = end - begin;
  const wanted = Math.max(Math.min(BLOCK_MS, length / FEWEST), length / MOST);
  return Math.max(1, Math.round(wanted / grid.width));
}

function cut(
  cells: readonly (Counted | null)[],
  { begin, end }: MergedStage,
  grid: Grid,
  size: number,
): Blocks['blocks'] {
  const first = Math.ceil(begin / grid.width - 1e-6);
  const last = Math.floor(end / grid.width + 1e-6);
  const blocks: Blocks['blocks'] = [];
  for (let i = first; i + size <= last && blocks.length < MOST; i += size) {
    const filled = cells.slice(i, i + size).filter((cell) => cell !== null);
    if (filled.length === 0) blocks.push({ count: 0, errors: 0, histogram: '' });
    else {
      const times = addTimes(filled.map((cell) => ('time' in cell ? cell.time : cell.times)));
      const sum = (of: (cell: Counted) => number) => filled.reduce((all, cell) => all + of(cell), 0);
      blocks.push({
        count: sum(({ count }) => count),
        errors: sum((cell) => ('errors' in cell ? cell.errors : 0)),
        histogram: encodeNarrow(times),
      });
    }
  }
  return blocks;
}
