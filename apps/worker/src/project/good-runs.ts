import { type Results, readResults } from '@marteau/report/schema';
import { isComparable, isMarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { Logger } from 'pino';

/** So many good runs show how much runs vary among themselves; more would only be older. */
const wanted = 6;
const pageSize = 50;
const mostPages = 4;

/**
 * What a new run is compared with, newest first: the pinned runs of the same test, or where none is pinned the last
 * good ones. Runs whose results are gone or cannot be read are left out.
 */
export async function goodRuns(store: Store, run: Run, log: Logger): Promise<Results[]> {
  const pinned = (await store.runs.pinnedIn(run.project)).filter((other) => isGood(other, run));
  const runs = pinned.length > 0 ? pinned : await lastGoodRuns(store, run);
  const read = await Promise.all(runs.slice(0, wanted).map(({ id }) => resultsOf(store, id, log)));
  return read.filter((results) => results !== null);
}

async function lastGoodRuns(store: Store, run: Run): Promise<Run[]> {
  const found: Run[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages && found.length < wanted; page++) {
    const next = await store.runs.list({ state: 'finished', project: run.project, limit: pageSize, cursor });
    found.push(...next.runs.filter((other) => isGood(other, run)));
    cursor = next.cursor;
    if (cursor === null) break;
  }
  return found;
}

/** Passed, and ran the same test in the same way. */
function isGood(other: Run, run: Run): boolean {
  const same = (name: 'test' | 'profile') => other[name] === run[name];
  const isGood = other.verdict === 'pass' && !other.stopped && isComparable(other);
  return other.id !== run.id && isGood && same('test') && same('profile');
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
