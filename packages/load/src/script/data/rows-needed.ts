import type { Plan, Step } from '@marteau/shared';
import { arrivalsIn } from '../../plan/arrivals.ts';
import { countOf } from '../../plan/portion.ts';
import { type Seat, usersAt, workAt } from '../../plan/seat.ts';
import { lanesOf } from '../../plan/stretch.ts';
import { mostUsers, mostUsersOf } from '../../plan/users.ts';

/** All of a run as one thread's. */
export const allSeats: Seat = { share: { index: 0, of: 1 }, thread: { index: 0, of: 1 } };

/** The most users that a seat has at a time; lanes run side by side. */
export function usersIn({ steps }: Plan, seat: Seat): number {
  return lanesOf({ steps }).reduce(
    (sum, { stretches }) => sum + mostUsersOf(stretches.flat(), usersAt(seat)),
    0,
  );
}

/** How many iterations a seat has for sure: those that are counted, and those that arrive. */
export function iterationsIn({ steps }: Plan, seat: Seat): number {
  return steps.reduce((sum, step) => sum + iterationsOf(step, seat), 0);
}

function iterationsOf(step: Step, seat: Seat): number {
  const { iterations, rate, durationMs } = step;
  const most = mostUsers(step);
  if (rate) return countOf(workAt(seat, most), arrivalsIn(rate, durationMs));
  if (!iterations) return 0;
  const { per, count } = iterations;
  return per === 'user' ? countOf(usersAt(seat), most) * count : countOf(workAt(seat, most), count);
}
