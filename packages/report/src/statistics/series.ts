import { joinInTime, withEmptySecond } from '../merge/cells.ts';
import type { Cell, Grid } from '../merge/merged.ts';
import type { Latency, Series, Throughput } from '../schema/series.ts';
import { once } from './once.ts';
import { neededFor, provenTimes } from './spread.ts';

/** Fewer points than this are no curve: rather coarse numbers of time than of values. */
const FEWEST_POINTS = 12;

/** The curves of one label, or of all requests: what finished, and how long it took. */
export function seriesOf(cells: readonly (Cell | null)[], grid: Grid): Series {
  return { throughput: throughputOf(cells, grid), latency: latencyOf(cells, grid) };
}

/**
 * The same curve with at most so many points; intervals are merged, and each keeps its worst second.
 * @param recorded per interval, whether all of it was recorded: then an empty one has seconds without anything
 */
export function coarser(
  cells: readonly (Cell | null)[],
  grid: Grid,
  points: number,
  recorded: readonly boolean[],
): { cells: readonly (Cell | null)[]; grid: Grid } {
  const factor = Math.ceil(cells.length / points);
  if (factor < 2) return { cells, grid };
  const wide = grouped(cells, factor).map((cell, i) => {
    const hasGap = (at: number) => cells[at] === null && recorded[at] === true;
    const members = Array.from({ length: factor }, (_, k) => i * factor + k);
    return cell !== null && members.some(hasGap) ? withEmptySecond(cell) : cell;
  });
  return { cells: wide, grid: { width: grid.width * factor, length: wide.length } };
}

function throughputOf(cells: readonly (Cell | null)[], grid: Grid): Throughput {
  return {
    from: 0,
    width: grid.width,
    count: cells.map((cell) => cell?.count ?? 0),
    errors: cells.map((cell) => cell?.errors ?? 0),
    bytesIn: cells.map((cell) => cell?.bytesIn ?? 0),
    lowest: cells.map((cell) => cell?.worst.minCount ?? 0),
    highest: cells.map((cell) => cell?.worst.maxCount ?? 0),
    worstErrors: cells.map((cell) => cell?.worst.errors ?? 0),
  };
}

const shownTimes = once(({ time }: Cell) => provenTimes(time, [0.5, 0.95, 0.99]));

/** Widens the intervals until most of them hold enough values for a p95, as long as a curve remains. */
function latencyOf(cells: readonly (Cell | null)[], grid: Grid): Latency {
  let factor = 1;
  while (cells.length / (factor * 2) >= FEWEST_POINTS && !mostlyProven(cells, factor)) factor *= 2;
  const wide = grouped(cells, factor);
  const proven = wide.map((cell) => (cell === null ? [] : shownTimes(cell)));
  const column = (i: number) => proven.map((times) => times[i] ?? null);
  return {
    from: 0,
    width: grid.width * factor,
    p50: column(0),
    p95: column(1),
    p99: column(2),
    max: wide.map((cell) => (cell && cell.time.count > 0 ? cell.time.max : null)),
    worstP95: wide.map((cell) => (cell && cell.worst.p95 > 0 ? cell.worst.p95 : null)),
  };
}

/** Whether nine in ten of the intervals in which anything happened have a p95, if they were so many times as wide. */
function mostlyProven(cells: readonly (Cell | null)[], factor: number): boolean {
  const counts: number[] = [];
  for (let i = 0; i < cells.length; i += factor) {
    const count = cells.slice(i, i + factor).reduce((sum, cell) => sum + (cell?.time.count ?? 0), 0);
    if (count > 0) counts.push(count);
  }
  const proven = counts.filter((count) => count >= neededFor(0.95)).length;
  return proven >= 0.9 * counts.length;
}

function grouped(cells: readonly (Cell | null)[], factor: number): (Cell | null)[] {
  if (factor === 1) return [...cells];
  const groups: (Cell | null)[] = [];
  for (let i = 0; i < cells.length; i += factor) {
    const filled = cells.slice(i, i + factor).filter((cell) => cell !== null);
    groups.push(filled.length > 0 ? joinInTime(filled) : null);
  }
  return groups;
}
