import { isMarteauError, type Results, type Run, readResults } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { Logger } from 'pino';

/** So many good runs show how much runs vary among themselves; more would only be older. */
const wanted = 6;
const pageSize = 50;
const mostPages = 4;

/**
 * The results of the last good runs of the same test, newest first, pinned ones before all others: what a new run is
 * compared with. Runs whose results are gone or cannot be read are left out.
 */
export async function goodRuns(store: Store, run: Run, log: Logger): Promise<Results[]> {
  const found: Run[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages && found.length < wanted; page++) {
    const next = await store.runs.list({ state: 'finished', project: run.project, limit: pageSize, cursor });
    found.push(...next.runs.filter((other) => isGood(other, run)));
    cursor = next.cursor;
    if (cursor === null) break;
  }
  const pinned = await store.runs.pinned(found.map(({ id }) => id));
  const first = found
    .toSorted((a, b) => Number(pinned.has(b.id)) - Number(pinned.has(a.id)))
    .slice(0, wanted);
  const read = await Promise.all(first.map(({ id }) => resultsOf(store, id, log)));
  return read.filter((results) => results !== null);
}

/** Passed, and ran the same test in the same way. */
function isGood(other: Run, run: Run): boolean {
  const same = (name: 'test' | 'profile') => other[name] === run[name];
  return other.id !== run.id && other.verdict === 'pass' && !other.stopped && same('test') && same('profile');
}

async function resultsOf(store: Store, id: string, log: Logger): Promise<Results | null> {
  const text = await store.folders.of(id).text('results.json');
  if (text === null) return null;
  try {
    return readResults(text);
  } catch (error) {
    if (!isMarteauError(error)) throw error;
    log.warn({ baseline: id, error: error.message }, 'a good run cannot be compared with');
    return null;
  }
}
