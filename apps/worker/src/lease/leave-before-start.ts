import type { Leaving } from '../context.ts';

interface ShareLeaving {
  /** Aborts when the share is to be handed back. */
  signal: AbortSignal;
  /** The load begins. */
  started(): void;
  hasStarted(): boolean;
}

/**
 * What a share does when its worker is asked to end: before the load has started it is handed back at once, which
 * costs the run nothing; after that it has the worker's grace to finish.
 */
export function leaveBeforeStart({ asked, now }: Leaving): ShareLeaving {
  let hasStarted = false;
  const early = new AbortController();
  const leave = (): void => early.abort(asked.reason);
  if (asked.aborted) leave();
  else asked.addEventListener('abort', leave, { once: true });
  return {
    signal: AbortSignal.any([early.signal, now]),
    started() {
      hasStarted = true;
      asked.removeEventListener('abort', leave);
    },
    hasStarted: () => hasStarted,
  };
}
