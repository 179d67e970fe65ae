import { type Bisect, type Confirmation, hasEnded, isMarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { breakableOf } from '../runs/chaos-command.ts';
import { knownRun } from '../runs/known-run.ts';
import { changeableOf } from '../runs/load-change.ts';
import { type RunPage, runPage } from '../views/run-page.ts';
import type { Evidence } from './evidence.ts';
import { standingOf } from './standing.ts';

/** Where the page of a run comes from. */
export interface RunSources {
  store: Store;
  evidenceOf(run: Run): Promise<Evidence>;
}

/**
 * Everything that the page of one run shows.
 * @param now ms since 1970
 * @throws 'not-found'
 */
export async function loadRunPage(
  { store, evidenceOf }: RunSources,
  id: string,
  now: number,
): Promise<RunPage> {
  const run = await knownRun(store, id);
  const ended = hasEnded(run.state);
  const underLoad = run.state === 'running' && !run.stopped;
  const [evidence, places, pinned, confirmation, bisect, standing, chaos, load, tapes] = await Promise.all([
    evidenceOf(run),
    ended ? null : store.ledger.places([id]),
    ended ? unlessAway(store.runs.pinned([id])) : null,
    run.hasReport && !run.cause?.pull ? unlessAway(readConfirmation(store, id)) : null,
    run.hasReport ? readBisect(store, id) : null,
    standingOf(store, run),
    underLoad ? breakableOf(store, id) : null,
    underLoad ? changeableOf(store, id) : null,
    ended ? tapesOf(store, id) : [],
  ]);
  return runPage(run, {
    place: places?.get(id) ?? null,
    evidence,
    confirmation: confirmation?.record ?? null,
    bisect,
    standing,
    unreadable: [evidence.unreadable, confirmation?.unreadable ?? null].filter((why) => why !== null),
    chaos,
    load,
    tapes,
    pinned: pinned?.has(id) ?? false,
    now,
  });
}

/** The confirmation of a run's change, or why it cannot be read. */
async function readConfirmation(
  store: Store,
  id: string,
): Promise<{ record: Confirmation | null; unreadable: string | null }> {
  try {
    return { record: await store.confirmations.of(id), unreadable: null };
  } catch (error) {
    if (!isMarteauError(error, 'record-damaged') && !isMarteauError(error, 'newer-data')) throw error;
    return { record: null, unreadable: error.message };
  }
}

/** How the hunt for its commit stands; one that cannot be read is none. */
async function readBisect(store: Store, id: string): Promise<Bisect | null> {
  return store.bisects.of(id).catch((error: unknown) => {
    if (!isMarteauError(error)) throw error;
    return null;
  });
}

/** Names of the files that a run has recorded. */
async function tapesOf(store: Store, id: string): Promise<string[]> {
  const files = await store.folders.of(id).list();
  return files.map(({ name }) => name).filter((name) => name.startsWith('tapes/'));
}

/** What has ended can be read while Redis is away, without what only Redis knows. */
function unlessAway<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error) => {
    if (isMarteauError(error, 'store-unavailable')) return null;
    throw error;
  });
}
