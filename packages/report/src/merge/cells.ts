import type { Point } from '@marteau/shared';
import { intervalOf } from './grid.ts';
import type { Cell, Grid } from './merged.ts';
import { addTimes, readTimes } from './times.ts';

/**
 * Lays one share's series on the grid; points that fall into one interval are merged as following each other.
 * @param recorded per interval, whether all of it was recorded: then a missing point is a stretch of nothing
 */
export function cellsOf(
  series: readonly Point[],
  grid: Grid,
  offset: number,
  recorded: readonly boolean[],
): (Cell | null)[] {
  const points: Point[][] = Array.from({ length: grid.length }, () => []);
  for (const point of series) points[intervalOf(grid, point, offset)]!.push(point);
  return points.map((following, i) => {
    if (following.length === 0) return null;
    const covered = following.reduce((sum, { width }) => sum + width, 0);
    const cell = joinInTime(following.map(readPoint));
    return recorded[i] && covered < grid.width ? withEmptySecond(cell) : cell;
  });
}

/** In one of its seconds nothing finished. */
export function withEmptySecond(cell: Cell): Cell {
  return { ...cell, worst: { ...cell.worst, minCount: 0 } };
}

function readPoint({ count, errors, bytesIn, time, worst }: Point): Cell {
  return { count, errors, bytesIn, time: readTimes(time), worst };
}

/** Intervals that follow each other: the worst second is the worst of any. */
export function joinInTime(cells: readonly Cell[]): Cell {
  if (cells.length === 1) return cells[0]!;
  return {
    ...sums(cells),
    worst: {
      minCount: Math.min(...cells.map(({ worst }) => worst.minCount)),
      maxCount: Math.max(...cells.map(({ worst }) => worst.maxCount)),
      errors: Math.max(...cells.map(({ worst }) => worst.errors)),
      p95: Math.max(...cells.map(({ worst }) => worst.p95)),
    },
  };
}

/**
 * The same interval of several shares or labels. In a second of its own the counts are exact; in longer intervals the
 * worst seconds need not be the same ones, so the lowest and the highest counts are bounds.
 */
function addCells(cells: readonly (Cell | null | undefined)[]): Cell | null {
  const filled = cells.filter((cell) => cell !== null && cell !== undefined);
  if (filled.length < 2) return filled[0] ?? null;
  const sum = (pick: (cell: Cell) => number) => filled.reduce((total, cell) => total + pick(cell), 0);
  return {
    ...sums(filled),
    worst: {
      minCount: sum(({ worst }) => worst.minCount),
      maxCount: sum(({ worst }) => worst.maxCount),
      errors: sum(({ worst }) => worst.errors),
      p95: Math.max(...filled.map(({ worst }) => worst.p95)),
    },
  };
}

/** Adds series of one grid, interval by interval. */
export function addSeries(grid: Grid, series: readonly (readonly (Cell | null)[])[]): (Cell | null)[] {
  return Array.from({ length: grid.length }, (_, i) => addCells(series.map((cells) => cells[i])));
}

function sums(cells: readonly Cell[]): Omit<Cell, 'worst'> {
  const sum = (pick: (cell: Cell) => number) => cells.reduce((total, cell) => total + pick(cell), 0);
  return {
    count: sum(({ count }) => count),
    errors: sum(({ errors }) => errors),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    time: addTimes(cells.map(({ time }) => time)),
  };
}
