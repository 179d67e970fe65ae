import { type Plan, type Stage, scenariosOf } from '@marteau/shared';
import { arrivalsIn, meanArrivals } from '../../plan/arrivals.ts';
import { countOf } from '../../plan/exact-part.ts';
import { type Leg, legsOf } from '../../plan/legs.ts';
import { type ThreadShare, usersAt, workAt } from '../../plan/thread-share.ts';
import { mostUsers, mostUsersOf } from '../../plan/users.ts';

/** All of a run as one thread's. */
export const wholeLoad: ThreadShare = { share: { index: 0, of: 1 }, thread: { index: 0, of: 1 } };

/** The most users that a threadShare has at a time; scenarios run side by side. */
export function usersIn({ steps }: Plan, threadShare: ThreadShare): number {
  return scenariosOf({ steps }).reduce(
    (sum, { segments }) => sum + mostUsersOf(segments.flat(), usersAt(threadShare)),
    0,
  );
}

/**
 * How many iterations a threadShare has: those that are counted, and those that arrive. Of those that come as people do,
 * whose number is drawn, so many that one draw in thirty thousand has more.
 */
export function iterationsIn({ steps }: Plan, threadShare: ThreadShare): number {
  return steps.reduce((sum, step) => sum + iterationsOf(step, threadShare), 0);
}

function iterationsOf(step: Stage, threadShare: ThreadShare): number {
  const { iterations, rate, arrivals } = step;
  const most = mostUsers(step);
  if (rate) {
    const part = workAt(threadShare, most);
    const legs = legsOf(step);
    const sum = (count: (leg: Leg) => number) => legs.reduce((all, leg) => all + count(leg), 0);
    if (!arrivals)
      return countOf(
        part,
        sum(({ rate, durationMs }) => arrivalsIn(rate, durationMs)),
      );
    const mean = sum(({ rate, durationMs }) => meanArrivals(rate, durationMs)) / part.stride;
    return part.first === Number.POSITIVE_INFINITY ? 0 : Math.ceil(mean + 4 * Math.sqrt(mean));
  }
  if (!iterations) return 0;
  const { per, count } = iterations;
  return per === 'user'
    ? countOf(usersAt(threadShare), most) * count
    : countOf(workAt(threadShare, most), count);
}
