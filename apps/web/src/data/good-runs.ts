import { isComparable, onceTrigger, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';

const pageSize = 200;

/**
 * Finished runs of a project, newest first, without scripts that were only tried.
 * @param most at most so many
 */
export async function finishedRuns(store: Store, project: string, most: number): Promise<Run[]> {
  const found: Run[] = [];
  let cursor: string | null = null;
  if (project === '') return found;
  do {
    const next = await store.runs.list({ state: 'finished', project, limit: pageSize, cursor });
    found.push(...next.runs.filter(({ trigger }) => trigger !== onceTrigger));
    cursor = next.cursor;
  } while (cursor !== null && found.length < most);
  return found.slice(0, most);
}

/** Whether two runs did the same: only then do their numbers say something about each other. */
export function sameTest(a: Run, b: Run): boolean {
  return a.project === b.project && a.test === b.test && a.profile === b.profile;
}

/** What a run is compared with when nobody names another: the newest pinned run of its test, else the last that passed before it. */
export async function goodRunBefore(store: Store, run: Run): Promise<Run | null> {
  const isGood = (other: Run) =>
    other.id !== run.id && canBeBaseline(other) && isComparable(other) && sameTest(other, run);
  const pinned = (await store.runs.pinnedIn(run.project)).find(isGood);
  if (pinned) return pinned;
  const runs = await finishedRuns(store, run.project, pageSize);
  return runs.find((other) => isGood(other) && other.id < run.id) ?? null;
}

/** Only a run that passed can be what later ones are compared with; a script that was tried once measured nothing. */
export function canBeBaseline({
  verdict,
  stopped,
  trigger,
}: Pick<Run, 'verdict' | 'stopped' | 'trigger'>): boolean {
  return verdict === 'pass' && !stopped && trigger !== onceTrigger;
}
