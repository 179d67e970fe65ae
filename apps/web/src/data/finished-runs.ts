import { isComparable, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';

const PAGE_SIZE = 200;

/**
 * Finished runs of a project that tell how it does, newest first: no repeats, and no scripts that were only tried.
 * @param most at most so many
 */
export async function finishedRuns(store: Store, project: string, most: number): Promise<Run[]> {
  const found: Run[] = [];
  let cursor: string | null = null;
  if (project === '') return found;
  do {
    const next = await store.runs.list({ state: 'finished', project, limit: PAGE_SIZE, cursor });
    found.push(...next.runs.filter(isComparable));
    cursor = next.cursor;
  } while (cursor !== null && found.length < most);
  return found.slice(0, most);
}
