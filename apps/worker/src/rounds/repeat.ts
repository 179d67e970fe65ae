import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Something that is done over and over. */
interface Round {
  /** Resolves once the round at hand is over. */
  stop(): Promise<void>;
}

/** Does something, waits, and does it again. What fails is logged and done again with the next round. */
export function repeat(name: string, everyMs: number, log: Logger, work: () => Promise<unknown>): Round {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await work().catch((error: Error) => log.debug({ err: error }, `${name} failed; it is tried again`));
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await Promise.race([running, sleep(1000, undefined, { ref: false })]);
    },
  };
}
