import type { Context } from '../context.ts';

/** A message may be missed. */
const POLL_MS = 100;

/**
 * Looks until there is something to see: at once, with every message about the run, and every so often.
 * @returns null once the signal aborts
 */
export async function lookUntil<T>(
  { channels }: Pick<Context, 'channels'>,
  runId: string,
  signal: AbortSignal,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const wait = pause();
  const unlisten = channels.onControl(runId, wait.wake);
  signal.addEventListener('abort', wait.wake);
  try {
    for (;;) {
      const seen = await look();
      if (seen !== null || signal.aborted) return seen;
      await wait.for(POLL_MS);
    }
  } finally {
    unlisten();
    signal.removeEventListener('abort', wait.wake);
  }
}

/** A pause that can be ended early, also just before it begins. */
function pause() {
  let woken = false;
  let wakeUp = (): void => {};
  return {
    wake: () => {
      woken = true;
      wakeUp();
    },
    for: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wakeUp(), woken ? 0 : ms);
        wakeUp = () => {
          clearTimeout(timer);
          woken = false;
          resolve();
        };
      }),
  };
}
