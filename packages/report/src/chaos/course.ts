import { type Span, type Threshold, timeAt } from '@marteau/measure';
import type { Cell, Grid, MergedCloseUp } from '../merge/merged.ts';
import type { Interval } from './recovery.ts';

/** Cells of a grid, and of which all was recorded. */
interface Cells {
  readonly cells: readonly (Cell | null)[];
  readonly grid: Grid;
  readonly recorded: readonly boolean[];
}

/** All requests of a run, and the time in which they were recorded. */
export interface Course extends Cells {
  /** Second by second, where somebody looked so closely; null where all is as fine. */
  readonly closeUp: (MergedCloseUp & Cells) | null;
  /** What is tolerated without faults. */
  readonly errors: Threshold;
}

/** An interval with what was measured in it. */
export interface Moment extends Interval {
  readonly cell: Cell | null;
}

/** The intervals of which not a moment lies outside: seconds, as far as there are any, and then what the grid has. */
export function momentsWithin({ from, to }: Span, course: Course): Moment[] {
  const { closeUp } = course;
  const close = closeUp?.stretches.find((span) => span.from <= from && span.to > from);
  if (!closeUp || !close) return inside(from, to, course);
  const until = Math.min(to, close.to);
  return [...inside(from, until, closeUp), ...inside(until, to, course)];
}

/** The intervals of which any moment lies inside. */
export function momentsTouching({ from, to }: Span, course: Course): Moment[] {
  const { closeUp } = course;
  const isClose = closeUp?.stretches.some((span) => span.from <= from && span.to >= to);
  const cells = closeUp && isClose ? closeUp : course;
  const { width, length } = cells.grid;
  return moments(Math.floor(from / width), Math.min(length, Math.ceil(to / width)), cells);
}

function inside(from: number, to: number, cells: Cells): Moment[] {
  const { width, length } = cells.grid;
  return moments(Math.ceil(from / width), Math.min(length, Math.floor(to / width)), cells);
}

function moments(first: number, end: number, { cells, grid, recorded }: Cells): Moment[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, n) => {
    const i = first + n;
    const cell = cells[i] ?? null;
    return {
      at: i * grid.width,
      width: grid.width,
      count: cell?.count ?? 0,
      errors: cell?.errors ?? 0,
      p95: cell === null ? null : timeAt(cell.time, 0.95),
      isRecorded: recorded[i] === true,
      cell,
    };
  });
}
