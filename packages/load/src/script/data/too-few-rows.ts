import type { Plan } from '@marteau/shared';
import { whole } from '../../plan/portion.ts';
import { mostUsersOf } from '../../plan/users.ts';
import type { DataUse } from './data-set.ts';

/** Why a data set has too few rows for a plan, as far as that is known before; null when it has enough. */
export function tooFewRows({ per, order }: DataUse, rows: number, plan: Plan): string | null {
  if (order === 'random') return null;
  const users = mostUsersOf(plan.steps, whole);
  if (rows < users) return `it has ${rows} rows, and ${users} users at a time need one each`;
  const iterations = iterationsOf(plan);
  if (per === 'iteration' && order === 'unique' && rows < iterations)
    return `it has ${rows} rows, and ${iterations} iterations need one each (order: unique)`;
  return null;
}

/** How many iterations a plan has for sure: those that are counted, and those that arrive. */
function iterationsOf({ steps }: Plan): number {
  return steps.reduce((total, { iterations, users, rate, durationMs }) => {
    if (iterations) return total + iterations.count * (iterations.per === 'user' ? (users?.to ?? 1) : 1);
    return rate ? total + Math.floor(((rate.from + rate.to) / 2) * (durationMs / 1000)) : total;
  }, 0);
}
