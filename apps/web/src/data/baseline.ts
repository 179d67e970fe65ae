import { confirmable } from '@marteau/report';
import {
  type Confirmation,
  canBeBaseline,
  isMarteauError,
  MarteauError,
  type Run,
  type Submitter,
} from '@marteau/shared';
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
  if (run.cause?.pull) {
    throw new MarteauError('not-confirmable', {
      why: 'The head of a pull request is compared with its base by itself; run it again to repeat that.',
    });
  }
  const repeatable = confirmable(await resultsOf(store, run));
  if ('why' in repeatable) throw new MarteauError('not-confirmable', { why: repeatable.why });
  return store.confirmations.begin(run.id, repeatable.baseline);
}

/**
 * Ends the repeats of a run's change, and the one that is on its way; those that were decided stay so.
 * @param by who ends them
 */
export async function endConfirmation(store: Store, { id }: Run, by: Submitter): Promise<void> {
  const confirmation = await store.confirmations.of(id);
  if (confirmation === null || confirmation.decision !== 'undecided') return;
  const { pairs, repeats } = confirmation;
  await store.confirmations.keep({
    ...confirmation,
    decision: 'broken',
    sentence: `Cancelled after ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of repeats, so nothing is decided.`,
    endedAt: new Date().toISOString(),
  });
  for (const { run } of repeats.slice(-1)) {
    await store.runs.cancel(run, by).catch((error: unknown) => {
      // It has ended by itself, or was deleted.
      if (!isMarteauError(error, 'wrong-state') && !isMarteauError(error, 'not-found')) throw error;
    });
  }
}
