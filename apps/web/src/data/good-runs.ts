import type { Run } from '@marteau/shared';
import type { Store } from '@marteau/store';

const pageSize = 200;

/**
 * Finished runs of a project, newest first.
 * @param most at most so many
 */
export async function finishedRuns(store: Store, project: string, most: number): Promise<Run[]> {
  const found: Run[] = [];
  let cursor: string | null = null;
  if (project === '') return found;
  do {
    const next = await store.runs.list({ state: 'finished', project, limit: pageSize, cursor });
    found.push(...next.runs);
    cursor = next.cursor;
  } while (cursor !== null && found.length < most);
  return found.slice(0, most);
}

/** Whether two runs did the same: only then do their numbers say something about each other. */
export function sameTest(a: Run, b: Run): boolean {
  return a.project === b.project && a.test === b.test && a.profile === b.profile;
}

/** What a run is compared with when nobody names another: the pinned baseline, else the last that passed before it. */
export async function goodRunBefore(store: Store, run: Run): Promise<Run | null> {
  const runs = await finishedRuns(store, run.project, pageSize);
  const good = runs.filter(
    (other) => other.id !== run.id && other.verdict === 'pass' && !other.stopped && sameTest(other, run),
  );
  const pinned = await store.runs.pinned(good.map(({ id }) => id));
  return good.find(({ id }) => pinned.has(id)) ?? good.find(({ id }) => id < run.id) ?? null;
}

/** Makes a run the one that later runs of its test are compared with first, instead of the one that was. */
export async function pinBaseline(store: Store, run: Run): Promise<void> {
  const others = (await finishedRuns(store, run.project, pageSize)).filter(
    (other) => other.id !== run.id && sameTest(other, run),
  );
  const pinned = await store.runs.pinned(others.map(({ id }) => id));
  await store.runs.pin(run.id, true);
  for (const id of pinned) await store.runs.pin(id, false);
}
