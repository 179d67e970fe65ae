import type { ScheduledStage } from '@marteau/measure';
import { presenceOf } from './users.ts';

/** From when to when a user is there; ms of the run's clock. */
export interface Presence {
  readonly comes: number;
  readonly goes: number;
}

/** When user number `n` (over all shares) is there in a segment; stays without a gap between them are one. */
export function presencesOf(n: number, scheduled: readonly ScheduledStage[]): Presence[] {
  const stays: Presence[] = [];
  for (const { stage, at } of scheduled) {
    const presence = presenceOf(n, stage);
    if (!presence) continue;
    const comes = at + presence.comes;
    const goes = at + presence.goes;
    const before = stays.at(-1);
    if (before && before.goes >= comes) stays[stays.length - 1] = { comes: before.comes, goes };
    else stays.push({ comes, goes });
  }
  return stays;
}
