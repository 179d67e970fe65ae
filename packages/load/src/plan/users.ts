import type { Stage } from '@marteau/shared';
import { countOf, type ExactPart } from './exact-part.ts';

/** The most users that a stage may have at once, over all shares. */
export function mostUsers(stage: Stage): number {
  if (stage.model === 'open') return stage.maxUsers ?? 1;
  if (stage.model === 'pause' || !stage.users) return 0;
  return Math.ceil(Math.max(stage.users.from, stage.users.to));
}

/** The most users that a part ever has in these stages. */
export function mostUsersOf(stages: readonly Stage[], part: ExactPart): number {
  return stages.reduce((most, stage) => Math.max(most, countOf(part, mostUsers(stage))), 0);
}

/**
 * When user number `n` (from 0, over all shares) comes and goes in a closed stage, in ms from the begin of the stage's
 * ramp; null when it takes no part. Users of a cycle come spread evenly over its ramp; users of a ramping stage come
 * and go as the number of users rises and falls.
 */
export function presenceOf(n: number, stage: Stage): { comes: number; goes: number } | null {
  if (stage.model !== 'closed' || !stage.users) return null;
  const { from, to } = stage.users;
  const end = stage.rampMs + stage.durationMs;
  const begin = Math.round(from);
  const last = Math.round(to);
  if (n >= Math.max(begin, last)) return null;
  const arrival = begin > 0 ? (Math.min(n, begin) / begin) * stage.rampMs : stage.rampMs;
  /** Where the straight line from `from` to `to` crosses the middle between n and n + 1 users. */
  const crossing = stage.rampMs + ((n + 0.5 - from) / (to - from)) * stage.durationMs;
  if (n < begin && n < last) return { comes: arrival, goes: end };
  return n < begin ? { comes: arrival, goes: crossing } : { comes: crossing, goes: end };
}
