import { repeatTrigger } from './confirmation.ts';
import type { Run } from './run.ts';

/** The trigger of runs that try a script once: one user, one iteration of each test. No mail, no report. */
export const onceTrigger = 'once';

/** Whether a run says how the project does: neither a repeat that confirms another one, nor a script tried once. */
export function isComparable({ trigger }: Pick<Run, 'trigger'>): boolean {
  return trigger !== repeatTrigger && trigger !== onceTrigger;
}
