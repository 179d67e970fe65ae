import {
  boundInWords,
  type ChaosRecord,
  type FaultFigures,
  type FaultWindow,
  formatPercent,
  holds,
  type JudgedFault,
  spellDuration,
  type Threshold,
} from '@marteau/shared';
import type { Cell, Grid } from '../merge/merged.ts';
import { addTimes, timeAt } from '../merge/times.ts';
import type { Stretch } from '../verdict/slice.ts';
import { beforeMs, type Interval, recoveredAt, steadyState, sumOf } from './recovery.ts';

/** All requests of a run, and the time in which they were recorded. */
export interface Course {
  readonly cells: readonly (Cell | null)[];
  readonly grid: Grid;
  /** Per interval, whether all of it was recorded. */
  readonly recorded: readonly boolean[];
  /** What is tolerated without faults. */
  readonly errors: Threshold;
}

/** What the target made of a fault. */
export function judgeFault(window: FaultWindow, all: ChaosRecord['windows'], course: Course): JudgedFault {
  const { begin, end, lasting } = window;
  const during = figuresOf(touching({ from: begin, to: end }, course), course);
  const errors = judgeErrors(window, during);
  if (lasting) {
    const none = { before: null, after: null, recoveredAfter: null };
    return { ...window, ...none, during, ...worse(errors, fine(window)) };
  }
  const errorsHold = (ratio: number) => holds(course.errors, ratio);
  const indexes = within({ from: Math.max(calmSince(window, all), begin - beforeMs), to: begin }, course);
  const intervals = indexes.map((i) => intervalOf(i, course));
  const steady = steadyState(intervals, p95Of(indexes, course), errorsHold);
  const later = within({ from: end, to: course.grid.length * course.grid.width }, course);
  const found =
    steady &&
    recoveredAt(
      later.map((i) => intervalOf(i, course)),
      steady,
      errorsHold,
    );
  const recoveredAfter = typeof found === 'number' ? Math.max(0, found - end) : null;
  return {
    ...window,
    before: steady && figuresOf(indexes, course),
    during,
    after: figuresOf(within({ from: end, to: end + beforeMs }, course), course),
    recoveredAfter,
    ...worse(errors, judgeRecovery(window, steady !== null, found === 'untold' ? 'untold' : recoveredAfter)),
  };
}

type Outcome = Pick<JudgedFault, 'outcome' | 'sentence'>;

/** 'redis: blackout at 8 s'. */
function named({ proxy, behavior, begin, lasting }: FaultWindow): string {
  return `${proxy}: ${behavior}${lasting ? '' : ` at ${spellDuration(begin)}`}`;
}

function fine(window: FaultWindow): Outcome {
  return { outcome: 'ok', sentence: `${named(window)}: nothing was expected of the target` };
}

function judgeErrors(window: FaultWindow, during: FaultFigures | null): Outcome | null {
  const { errors } = window;
  if (errors === null) return null;
  const wanted = `wanted ${boundInWords(errors)}`;
  if (during === null || during.rate === 0) {
    const sentence = `${named(window)}: no request finished while it lasted, so errors could not be judged (${wanted})`;
    return { outcome: 'invalid', sentence };
  }
  const sentence = `${named(window)}: ${formatPercent(during.errors)} errors while it lasted (${wanted})`;
  return { outcome: holds(errors, during.errors) ? 'ok' : 'fail', sentence };
}

function judgeRecovery(
  window: FaultWindow,
  wasSteady: boolean,
  recoveredAfter: number | null | 'untold',
): Outcome {
  const { recoverWithin } = window;
  const name = named(window);
  const wanted = recoverWithin === null ? '' : ` (wanted within ${spellDuration(recoverWithin)})`;
  const asked = recoverWithin !== null;
  if (!wasSteady) {
    const sentence = `${name}: no steady state before the fault, so nothing to compare the recovery with. Let the load run evenly and without errors for at least 10 s before it${wanted}`;
    return { outcome: asked ? 'invalid' : 'ok', sentence };
  }
  if (recoveredAfter === 'untold') {
    const sentence = `${name}: the load ended before five good seconds in a row could be seen. Let it go on for longer after the heal${wanted}`;
    return { outcome: asked ? 'invalid' : 'ok', sentence };
  }
  if (recoveredAfter === null)
    return { outcome: asked ? 'fail' : 'ok', sentence: `${name}: did not recover${wanted}` };
  const sentence = `${name}: recovered ${spellDuration(recoveredAfter)} after the heal${wanted}`;
  return { outcome: asked && recoveredAfter > recoverWithin ? 'fail' : 'ok', sentence };
}

const rank = { ok: 0, invalid: 1, fail: 2 } as const;

function worse(a: Outcome | null, b: Outcome): Outcome {
  return a === null || rank[b.outcome] > rank[a.outcome] ? b : a;
}

/** When the last fault before this one was over, and had its time to recover. */
function calmSince(window: FaultWindow, all: ChaosRecord['windows']): number {
  const earlier = all.filter((other) => other !== window && !other.lasting && other.begin <= window.begin);
  return Math.max(
    0,
    ...earlier.map(({ end, recoverWithin }) => Math.min(end + (recoverWithin ?? 0), window.begin)),
  );
}

/** The intervals of which not a moment lies outside. */
function within({ from, to }: Stretch, { grid }: Course): number[] {
  const first = Math.ceil(from / grid.width);
  return range(first, Math.min(grid.length, Math.floor(to / grid.width)));
}

/** The intervals of which any moment lies inside. */
function touching({ from, to }: Stretch, { grid }: Course): number[] {
  return range(Math.floor(from / grid.width), Math.min(grid.length, Math.ceil(to / grid.width)));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function intervalOf(i: number, { cells, grid, recorded }: Course): Interval {
  const cell = cells[i] ?? null;
  return {
    at: i * grid.width,
    width: grid.width,
    count: cell?.count ?? 0,
    errors: cell?.errors ?? 0,
    p95: cell === null ? null : timeAt(cell.time, 0.95),
    isRecorded: recorded[i] === true,
  };
}

function p95Of(indexes: readonly number[], { cells }: Course): number | null {
  return timeAt(addTimes(indexes.flatMap((i) => cells[i]?.time ?? [])), 0.95);
}

/** What was recorded in some intervals; null where nothing was. */
function figuresOf(indexes: readonly number[], course: Course): FaultFigures | null {
  const kept = indexes.filter((i) => course.recorded[i]);
  if (kept.length === 0) return null;
  const { count, errors, ms, rate } = sumOf(kept.map((i) => intervalOf(i, course)));
  return { seconds: ms / 1000, rate, errors: count === 0 ? 0 : errors / count, p95: p95Of(kept, course) };
}
