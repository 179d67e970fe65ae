import type { Store } from '@marteau/store';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Gate } from '../gate.ts';

const EVERY_MS = 3_600_000;
const TREES_KEPT_MS = 7 * 24 * 3_600_000;
const TREES_MOST_BYTES = 10 * 1024 ** 3;

interface Options {
  retention: Config['retention'];
  store: { retain: Store['retain']; trees: Pick<Store['trees'], 'expire'> };
  gate: Pick<Gate, 'isLoading'>;
  log: Pick<Logger, 'info'>;
  /** ms */
  now: () => number;
}

/**
 * Removes what is too old or too much: one round, to be called every minute. It looks at every folder there is, so it
 * is done once an hour, and not while this node generates load.
 */
export function retainer({ retention, store, gate, log, now }: Options): () => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (gate.isLoading || now() - doneAt < EVERY_MS) return;
    doneAt = now();
    const { removed, bytes } = await store.retain(retention);
    const trees = await store.trees.expire({ maxAgeMs: TREES_KEPT_MS, maxBytes: TREES_MOST_BYTES });
    if (removed.length + trees.removed > 0)
      log.info({ runs: removed.length, bytes, trees: trees.removed }, 'removed what is too old or too much');
  };
}
