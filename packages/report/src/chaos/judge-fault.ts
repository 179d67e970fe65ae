import {
  addCounts,
  addTimes,
  boundInWords,
  type ChaosRecord,
  type FaultWindow,
  holds,
  timeAt,
} from '@marteau/measure';
import { formatPercent, spellDuration } from '@marteau/shared';
import type { FaultFigures, JudgedFault } from '../schema/chaos.ts';
import { type Course, type Moment, momentsTouching, momentsWithin } from './course.ts';
import { BEFORE_MS, recoveredAt, steadyState, sumOf } from './recovery.ts';

/** What the target made of a fault. */
export function judgeFault(window: FaultWindow, all: ChaosRecord['windows'], course: Course): JudgedFault {
  const { begin, end, lasting } = window;
  const during = figuresOf(momentsTouching({ from: begin, to: end }, course));
  const errors = judgeErrors(window, during);
  if (lasting) {
    const none = { before: null, after: null, recoveredAfter: null };
    return { ...window, ...none, during, ...worse(errors, fine(window)) };
  }
  const errorsHold = (ratio: number) => holds(course.errors, ratio);
  const before = momentsWithin(
    { from: Math.max(calmSince(window, all), begin - BEFORE_MS), to: begin },
    course,
  );
  const steady = steadyState(before, p95Of(before), errorsHold);
  const later = momentsWithin({ from: end, to: course.grid.length * course.grid.width }, course);
  const found = steady && recoveredAt(later, steady, errorsHold);
  const recoveredAfter = typeof found === 'number' ? Math.max(0, found - end) : null;
  const recovery =
    typeof found === 'number' ? { after: found - end, toWithin: widthAt(found, later) } : found;
  return {
    ...window,
    before: steady && figuresOf(before),
    during,
    after: figuresOf(momentsWithin({ from: end, to: end + BEFORE_MS }, course)),
    recoveredAfter,
    ...worse(errors, judgeRecovery(window, steady !== null, recovery)),
  };
}

/** How wide the interval is that begins there. */
function widthAt(moment: number, moments: readonly Moment[]): number {
  return moments.find(({ at }) => at === moment)?.width ?? 0;
}

/** How long it took, and how exactly that is known, in ms. */
interface Recovery {
  readonly after: number;
  readonly toWithin: number;
}

/** The definition of recovery goes by seconds. */
const SECOND_MS = 1000;

type Outcome = Pick<JudgedFault, 'outcome' | 'sentence'>;

/** 'redis: blackout at 8 s'. */
export function faultName({
  proxy,
  behavior,
  begin,
  lasting,
}: Pick<FaultWindow, 'proxy' | 'behavior' | 'begin' | 'lasting'>): string {
  return `${proxy}: ${behavior}${lasting ? '' : ` at ${spellDuration(begin)}`}`;
}

function fine(window: FaultWindow): Outcome {
  return { outcome: 'ok', sentence: `${faultName(window)}: nothing was expected of the target` };
}

function judgeErrors(window: FaultWindow, during: FaultFigures | null): Outcome | null {
  const { errors } = window;
  if (errors === null) return null;
  const wanted = `wanted ${boundInWords(errors)}`;
  if (during === null || during.rate === 0) {
    const sentence = `${faultName(window)}: no request finished while it lasted, so errors could not be judged (${wanted})`;
    return { outcome: 'invalid', sentence };
  }
  const sentence = `${faultName(window)}: ${formatPercent(during.errors)} errors while it lasted (${wanted})`;
  return { outcome: holds(errors, during.errors) ? 'ok' : 'fail', sentence };
}

function judgeRecovery(
  window: FaultWindow,
  wasSteady: boolean,
  recovery: Recovery | null | 'untold',
): Outcome {
  const { recoverWithin } = window;
  const name = faultName(window);
  const wanted = recoverWithin === null ? '' : ` (wanted within ${spellDuration(recoverWithin)})`;
  const asked = recoverWithin !== null;
  if (!wasSteady) {
    const sentence = `${name}: no steady state before the fault, so nothing to compare the recovery with. Let the load run evenly and without errors for at least 10 s before it${wanted}`;
    return { outcome: asked ? 'invalid' : 'ok', sentence };
  }
  if (recovery === 'untold') {
    const sentence = `${name}: the load ended before five good seconds in a row could be seen. Let it go on for longer after the heal${wanted}`;
    return { outcome: asked ? 'invalid' : 'ok', sentence };
  }
  if (recovery === null)
    return { outcome: asked ? 'fail' : 'ok', sentence: `${name}: did not recover${wanted}` };
  const after = Math.max(0, recovery.after);
  const sentence = `${name}: recovered ${spellDuration(after)} after the heal${wanted}`;
  if (!asked || after <= recoverWithin) return { outcome: 'ok', sentence };
  if (recovery.toWithin <= SECOND_MS || after - recovery.toWithin > recoverWithin)
    return { outcome: 'fail', sentence };
  const coarse = `${name}: recovered at most ${spellDuration(after)} after the heal, and the intervals of so long a run are ${spellDuration(recovery.toWithin)} wide, too wide to tell${wanted}. Expect it of fewer faults, or allow more time`;
  return { outcome: 'invalid', sentence: coarse };
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

function p95Of(moments: readonly Moment[]): number | null {
  return timeAt(addTimes(moments.flatMap(({ cell }) => cell?.time ?? [])), 0.95);
}

/** What was recorded in some intervals; null where nothing was. */
function figuresOf(moments: readonly Moment[]): FaultFigures | null {
  const kept = moments.filter(({ isRecorded }) => isRecorded);
  if (kept.length === 0) return null;
  const { count, errors, ms, rate } = sumOf(kept);
  return {
    seconds: ms / 1000,
    rate,
    errors: count === 0 ? 0 : errors / count,
    p95: p95Of(kept),
    errorKinds: addCounts(kept.flatMap(({ cell }) => (cell?.errorKinds ? [cell.errorKinds] : []))),
  };
}
