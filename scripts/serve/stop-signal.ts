import { constants } from 'node:os';

/** Aborts with the first Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C ends this process at once. */
export function stopSignal(say: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted && name === 'SIGINT') process.exit(128 + constants.signals.SIGINT);
      if (controller.signal.aborted) return;
      say('Ending: what has begun is handed back or finished. Ctrl-C once more ends it at once.');
      controller.abort();
    });
  }
  return controller.signal;
}
