import type { ScheduledStage } from '@marteau/measure';
import { type Plan, type Segment, scenariosOf } from '@marteau/shared';
import { schedule } from '../plan/schedule.ts';

/** Between two segments of one share: enough that every thread hears of it in time, ms. */
const LEAD_MS = 50;
/** Between two segments where several nodes have to begin together: users leave in less, ms. */
const GAP_MS = 6000;

/** What a schedule makes happen. */
export interface Conductor {
  /** ms of the run's clock. */
  now(): number;
  /** Resolves at a moment of the run's clock, or when the load is stopped. */
  until(moment: number): Promise<void>;
  /** Has all threads run a segment; resolves when all users have left, with its planned end, which may have changed. */
  run(
    scenario: number,
    segment: Segment,
    scheduled: readonly ScheduledStage[],
    begin: number,
  ): Promise<number>;
  isStopped(): boolean;
  /** Whether no other node takes part. */
  readonly alone: boolean;
}

/**
 * Runs the scenarios of a plan side by side, the segments of each one after the other; where several nodes share the run,
 * each begins at a moment that follows from the plan alone.
 */
export async function runPlan(plan: Plan, conductor: Conductor): Promise<void> {
  await Promise.all(
    scenariosOf(plan).map(({ segments }, scenario) => runScenario(segments, scenario, conductor)),
  );
}

async function runScenario(
  segments: readonly Segment[],
  scenario: number,
  conductor: Conductor,
): Promise<void> {
  let soonest = 0;
  for (const segment of segments) {
    const end = await runSegment(segment, scenario, soonest, conductor);
    if (end === null) return;
    soonest = conductor.alone ? conductor.now() : end + GAP_MS;
  }
}

/**
 * Runs one segment of a scenario. It begins on a whole second, so that seconds and windows have the same edges.
 * @param soonest ms of the run's clock; 0 for the run's begin
 * @returns its planned end; null when the load was stopped before it began
 */
export async function runSegment(
  segment: Segment,
  scenario: number,
  soonest: number,
  conductor: Conductor,
): Promise<number | null> {
  const begin = soonest === 0 ? 0 : Math.ceil(Math.max(soonest, conductor.now() + LEAD_MS) / 1000) * 1000;
  await conductor.until(begin - LEAD_MS);
  if (conductor.isStopped()) return null;
  return conductor.run(scenario, segment, schedule(segment, begin), begin);
}
