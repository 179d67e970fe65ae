import { planLengthMs } from '@marteau/file';
import type { Plan, TickEvent } from '@marteau/shared';

/** How far a load is and what it does, summed up from its seconds. */
export interface LoadProgress {
  /** Null for a load of a server, which tells how far it is. */
  readonly plan: Plan | null;
  /** Length of the plan, ms. */
  readonly lengthMs: number;
  readonly told: { readonly part: number; readonly step: string; readonly leftMs?: number };
  /** When the load began, ms since 1970. */
  readonly startedAt: number;
  /** The last second; null before the first. */
  readonly last: TickEvent | null;
  /** The step that a second was recorded of most lately; null before the first. */
  readonly recorded: number | null;
  readonly requests: number;
  readonly errors: number;
  readonly iterations: number;
  readonly failures: number;
  /** Requests of each of the last seconds. */
  readonly rates: readonly number[];
}

const SECONDS_SHOWN = 40;

export function beginLoad(plan: Plan | null, startedAt: number): LoadProgress {
  return {
    plan,
    lengthMs: plan === null ? 0 : planLengthMs(plan),
    told: { part: 0, step: '' },
    startedAt,
    last: null,
    recorded: null,
    requests: 0,
    errors: 0,
    iterations: 0,
    failures: 0,
    rates: [],
  };
}

/** The same after one more second. */
export function addTick(progress: LoadProgress, tick: TickEvent): LoadProgress {
  return {
    ...progress,
    last: tick,
    recorded: tick.recording ? tick.step : progress.recorded,
    requests: progress.requests + tick.requests,
    errors: progress.errors + tick.errors,
    iterations: progress.iterations + tick.iterations,
    failures: progress.failures + tick.failures,
    rates: [...progress.rates, tick.requests].slice(-SECONDS_SHOWN),
  };
}

/** 0 … 1, by the clock where the plan is known. @param now ms since 1970 */
export function partDone({ plan, told, startedAt, lengthMs }: LoadProgress, now: number): number {
  if (plan === null) return told.part;
  return lengthMs > 0 ? Math.min(1, Math.max(0, (now - startedAt) / lengthMs)) : 1;
}

/** '10 users (2 of 4)': the step that the last second was in. */
export function stepInWords({ plan, told, last, recorded }: LoadProgress): string {
  if (plan === null) return told.step;
  const index = last?.step ?? 0;
  const name = plan.steps[index]?.name;
  if (name === undefined) return 'searching'; // a search for capacity goes on from what its plan showed
  const warmingUp = last !== null && !last.recording && last.step !== recorded ? ', not recorded yet' : '';
  return plan.steps.length > 1
    ? `${name} (${index + 1} of ${plan.steps.length})${warmingUp}`
    : `${name}${warmingUp}`;
}
