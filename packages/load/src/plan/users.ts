import type { Step } from '@marteau/shared';
import { countOf, type Portion } from './portion.ts';

/** The most users that a step may have at once, over all shares. */
export function mostUsers(step: Step): number {
  if (step.model === 'open') return step.maxUsers ?? 1;
  if (step.model === 'pause' || !step.users) return 0;
  return Math.ceil(Math.max(step.users.from, step.users.to));
}

/** The most users that a portion ever has in these steps. */
export function mostUsersOf(steps: readonly Step[], portion: Portion): number {
  return steps.reduce((most, step) => Math.max(most, countOf(portion, mostUsers(step))), 0);
}

/**
 * When user number `n` (from 0, over all shares) comes and goes in a closed step, in ms from the begin of the step's
 * ramp; null when it takes no part. Users of a cycle come spread evenly over its ramp; users of a ramping step come
 * and go as the number of users rises and falls.
 */
export function stayOf(n: number, step: Step): { comes: number; goes: number } | null {
  if (step.model !== 'closed' || !step.users) return null;
  const { from, to } = step.users;
  const end = step.rampMs + step.durationMs;
  const begin = Math.round(from);
  const last = Math.round(to);
  if (n >= Math.max(begin, last)) return null;
  const arrival = begin > 0 ? (Math.min(n, begin) / begin) * step.rampMs : step.rampMs;
  /** Where the straight line from `from` to `to` crosses the middle between n and n + 1 users. */
  const crossing = step.rampMs + ((n + 0.5 - from) / (to - from)) * step.durationMs;
  if (n < begin && n < last) return { comes: arrival, goes: end };
  return n < begin ? { comes: arrival, goes: crossing } : { comes: crossing, goes: end };
}
