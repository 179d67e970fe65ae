import { setTimeout as sleep } from 'node:timers/promises';

/** A burst of calls is answered first; what they are about is done in the lull after it. */
export interface Lull {
  /** Another call has come. */
  came(): void;
  /** Resolves once none has come for a moment, and after two seconds at the latest. */
  wait(): Promise<void>;
}

const MOMENT_MS = 100;
const LONGEST_MS = 2000;

export function createLull(): Lull {
  let last = Number.NEGATIVE_INFINITY;
  return {
    came() {
      last = performance.now();
    },
    async wait() {
      const end = performance.now() + LONGEST_MS;
      for (;;) {
        const now = performance.now();
        const left = Math.min(last + MOMENT_MS, end) - now;
        if (left <= 0) return;
        await sleep(Math.ceil(left));
      }
    },
  };
}
