import type { Plan } from '@marteau/shared';
import type { DataUse } from './data-set.ts';
import { allSeats, iterationsIn, usersIn } from './rows-needed.ts';

/** Why a data set has too few rows for a plan, as far as that is known before; null when it has enough. */
export function tooFewRows({ per, order }: DataUse, rows: number, plan: Plan): string | null {
  if (order === 'random') return null;
  const users = usersIn(plan, allSeats);
  if (rows < users) return `it has ${rows} rows, and ${users} users at a time need one each`;
  const iterations = iterationsIn(plan, allSeats);
  if (per === 'iteration' && order === 'unique' && rows < iterations)
    return `it has ${rows} rows, and ${iterations} iterations need one each (order: unique)`;
  return null;
}
