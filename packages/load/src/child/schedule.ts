import type { Plan } from '@marteau/shared';
import { type Laid, lanesOf, layOut, type Stretch } from '../plan/stretch.ts';

/** Between two stretches of one share: enough that every thread hears of it in time, ms. */
const LEAD_MS = 50;
/** Between two stretches where several nodes have to begin together: users leave in less, ms. */
const GAP_MS = 6000;

/** What a schedule makes happen. */
export interface Stage {
  /** ms of the run's clock. */
  now(): number;
  /** Resolves at a moment of the run's clock, or when the load is stopped. */
  until(moment: number): Promise<void>;
  /** Has all threads run a stretch; resolves when all users have left. */
  run(lane: number, stretch: Stretch, laid: readonly Laid[], begin: number): Promise<void>;
  isStopped(): boolean;
  /** Whether no other node takes part. */
  readonly alone: boolean;
}

/**
 * Runs the lanes of a plan side by side, the stretches of each one after the other; where several nodes share the run,
 * each begins at a moment that follows from the plan alone.
 */
export async function runPlan(plan: Plan, stage: Stage): Promise<void> {
  await Promise.all(lanesOf(plan).map(({ stretches }, lane) => runLane(stretches, lane, stage)));
}

async function runLane(stretches: readonly Stretch[], lane: number, stage: Stage): Promise<void> {
  let soonest = 0;
  for (const stretch of stretches) {
    const end = await runStretch(stretch, lane, soonest, stage);
    if (end === null) return;
    soonest = stage.alone ? stage.now() : end + GAP_MS;
  }
}

/**
 * Runs one stretch of a lane. It begins on a whole second, so that seconds and windows have the same edges.
 * @param soonest ms of the run's clock; 0 for the run's begin
 * @returns its planned end; null when the load was stopped before it began
 */
export async function runStretch(
  stretch: Stretch,
  lane: number,
  soonest: number,
  stage: Stage,
): Promise<number | null> {
  const begin = soonest === 0 ? 0 : Math.ceil(Math.max(soonest, stage.now() + LEAD_MS) / 1000) * 1000;
  await stage.until(begin - LEAD_MS);
  if (stage.isStopped()) return null;
  const laid = layOut(stretch, begin);
  await stage.run(lane, stretch, laid, begin);
  return laid.at(-1)!.end;
}
