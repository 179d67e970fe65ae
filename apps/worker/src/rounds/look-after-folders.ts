import type { Store } from '@marteau/store';
import type { Gate } from '../gate.ts';

/** How long a node that generates load leaves this to others: it may be the only one. */
const LEFT_TO_OTHERS_MS = 10_000;

/**
 * One round of completing the folders of ended runs, to be called over and over: while this node generates load, only
 * every ten seconds. It may take seconds, so the ledger, where the dead are noticed, has rounds of its own.
 * @param now ms
 */
export function lookAfterFolders(
  store: Pick<Store, 'reconcile'>,
  gate: Pick<Gate, 'isLoading'>,
  now: () => number,
): () => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (gate.isLoading && now() - doneAt < LEFT_TO_OTHERS_MS) return;
    doneAt = now();
    await store.reconcile('folders');
  };
}
