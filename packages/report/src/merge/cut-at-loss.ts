import { addTimes } from '@marteau/measure';
import type { Cell, Merged, MergedCloseUp, MergedMetric, MergedStage, MergedStats } from './merged.ts';
import { addMetricCounts } from './metrics.ts';

/** From so much of the recorded time on a loss takes only what comes after it. */
const ENOUGH = 0.75;

/**
 * What was measured until a node was lost: from then on the target had not the whole load any more. Null when less than
 * three quarters of the recorded time lie before it, or nothing does.
 * @param at ms since the load began
 */
export function cutAtLoss(merged: Merged, at: number): Merged | null {
  const { grid } = merged;
  const length = Math.min(grid.length, Math.floor(at / grid.width));
  const end = length * grid.width;
  const recorded = merged.steps.filter(({ plan }) => plan.recorded && plan.model !== 'pause');
  const total = recorded.reduce((sum, step) => sum + step.end - step.begin, 0);
  const before = recorded.reduce((sum, step) => sum + Math.max(0, Math.min(at, step.end) - step.begin), 0);
  if (length < 1 || total <= 0 || before < ENOUGH * total) return null;
  const steps = merged.steps.filter((step) => step.begin < end).map((step) => cutStage(step, end));
  const cut = steps.filter((step) => !merged.steps.includes(step));
  return {
    ...merged,
    grid: { ...grid, length },
    steps,
    labels: merged.labels.map((label) => ({
      ...label,
      steps: label.steps.flatMap((stats) => {
        if (!steps.some(({ plan }) => plan.index === stats.step)) return [];
        const short = cut.find(({ plan }) => plan.index === stats.step);
        return short ? [ofCells(stats.step, cellsOf(label.cells, short, grid.width))] : [stats];
      }),
      cells: label.cells.slice(0, length),
    })),
    metrics: merged.metrics.map((metric) => cutMetric(metric, steps, cut, length, grid.width)),
    closeUp: merged.closeUp ? cutCloseUp(merged.closeUp, end) : null,
    load: merged.load.slice(0, length),
    failures: merged.failures.filter(({ first }) => first < at),
  };
}

function cutCloseUp({ stretches, grid, cells }: MergedCloseUp, end: number): MergedCloseUp {
  const length = Math.min(grid.length, Math.floor(end / grid.width));
  return { stretches, grid: { ...grid, length }, cells: cells.slice(0, length) };
}

function cutStage(step: MergedStage, end: number): MergedStage {
  if (step.end <= end) return step;
  return { ...step, end, seconds: (end - step.begin) / 1000, complete: false };
}

function cellsOf<T>(cells: readonly (T | null)[], { begin, end }: MergedStage, width: number): T[] {
  return cells
    .slice(Math.ceil(begin / width - 1e-6), Math.floor(end / width + 1e-6))
    .filter((cell) => cell !== null);
}

/** The figures of a stage that was cut, from its curve: what the curve does not keep is not known. */
function ofCells(step: number, cells: readonly Cell[]): MergedStats {
  const sum = (pick: (cell: Cell) => number) => cells.reduce((total, cell) => total + pick(cell), 0);
  return {
    step,
    count: sum(({ count }) => count),
    errors: sum(({ errors }) => errors),
    unfinished: 0,
    oldestUnfinished: 0,
    time: addTimes(cells.map(({ time }) => time)),
    service: null,
    errorTime: null,
    outcomes: {},
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: 0,
    phases: {},
    peak: Math.max(0, ...cells.map(({ worst }) => worst.maxCount)),
  };
}

function cutMetric(
  metric: MergedMetric,
  steps: readonly MergedStage[],
  cut: readonly MergedStage[],
  length: number,
  width: number,
): MergedMetric {
  return {
    ...metric,
    steps: metric.steps.flatMap((counts) => {
      if (!steps.some(({ plan }) => plan.index === counts.step)) return [];
      const short = cut.find(({ plan }) => plan.index === counts.step);
      return short
        ? [{ step: counts.step, ...addMetricCounts(cellsOf(metric.cells, short, width)) }]
        : [counts];
    }),
    cells: metric.cells.slice(0, length),
  };
}
