import { confirmable } from '@marteau/report';
import { type Confirmation, canBeBaseline, MarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { resultsOf } from './results.ts';

/** Pins a run: later runs of its test are compared with it. @throws MarteauError 'no-baseline' */
export async function pinBaseline(store: Store, run: Run): Promise<void> {
  if (!canBeBaseline(run)) throw new MarteauError('no-baseline', {});
  await store.runs.pin(run.id, true);
}

/**
 * Queues repeats of a run's commit and that of its baseline, by turns, until its change is decided.
 * @throws MarteauError 'not-confirmable', 'report-missing'
 */
export async function beginConfirmation(store: Store, run: Run): Promise<Confirmation> {
  const repeatable = confirmable(await resultsOf(store, run));
  if ('why' in repeatable) throw new MarteauError('not-confirmable', { why: repeatable.why });
  return store.confirmations.begin(run.id, repeatable.baseline);
}
