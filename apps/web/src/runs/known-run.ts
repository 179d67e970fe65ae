import { MarteauError, RUN_ID_PATTERN, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';

/** The run of an id from an address. @throws 'not-found' also for what cannot be an id, before anything is asked */
export async function knownRun(store: Store, id: string): Promise<Run> {
  const run = RUN_ID_PATTERN.test(id) ? await store.runs.get(id) : null;
  if (run === null) throw new MarteauError('not-found', { what: `run ${id.slice(0, 40)}` });
  return run;
}
