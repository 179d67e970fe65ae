import { hasEnded } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { knownRun } from '../known-run.ts';
import { type RunPage, runPage } from '../views/run-page.ts';

/**
 * Everything that the page of one run shows.
 * @param now ms since 1970
 * @throws 'not-found'
 */
export async function loadRunPage(store: Store, id: string, now: number): Promise<RunPage> {
  const run = await knownRun(store, id);
  if (hasEnded(run.state)) return runPage(run, null, now);
  const places = await store.ledger.places([run.id]);
  return runPage(run, places.get(run.id) ?? null, now);
}
