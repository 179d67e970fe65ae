import type { ScheduledStage } from '@marteau/measure';
import type { Segment } from '@marteau/shared';

/** Where the stages of a segment lie that begins at `begin`; ms of the run's clock. */
export function schedule(segment: Segment, begin: number): ScheduledStage[] {
  const scheduled: ScheduledStage[] = [];
  let at = begin;
  for (const stage of segment) {
    const end = at + stage.rampMs + stage.durationMs;
    scheduled.push({ stage, at, begin: at + stage.rampMs, end });
    at = end;
  }
  return scheduled;
}
