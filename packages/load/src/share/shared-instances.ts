import type { Plan } from '@marteau/shared';
import { usersIn } from '../script/data/rows-needed.ts';
import { instancesAreShared, MOST_INSTANCES } from '../script/most-instances.ts';
import { threadsHere } from './threads-here.ts';

/** Says so when a plan has so many users that they share instances of the script, on nodes like this one; else null. */
export function sharedInstances(plan: Plan, nodes: number): string | null {
  const users = usersIn(plan, { share: { index: 0, of: nodes }, thread: { index: 0, of: threadsHere() } });
  return users > MOST_INSTANCES ? instancesAreShared : null;
}
