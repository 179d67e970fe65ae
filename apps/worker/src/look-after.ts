import type { Store } from '@marteau/store';
import type { Gate } from './gate.ts';

/** How long a node that generates load leaves the costly part to others: it may be the only one. */
const LEFT_TO_OTHERS_MS = 10_000;

/**
 * One round of looking after the ledger, to be called over and over: a light one while this node generates load, but
 * for a whole one every ten seconds.
 * @param now ms
 */
export function lookAfter(
  store: Pick<Store, 'reconcile'>,
  gate: Pick<Gate, 'isLoading'>,
  now: () => number,
): () => Promise<void> {
  let wholeAt = Number.NEGATIVE_INFINITY;
  return () => {
    const light = gate.isLoading && now() - wholeAt < LEFT_TO_OTHERS_MS;
    if (!light) wholeAt = now();
    return store.reconcile({ light });
  };
}
