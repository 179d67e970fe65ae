import { MarteauError } from '@marteau/shared';

/** A share that was told to stop has ended by then: its users leave within seconds. */
const STOP_MS = 60_000;

/** How "stop and report" is made sure of: who does not stop is ended. */
interface Stopping extends Disposable {
  /** Aborts with the parent's reason, or with a `stop-ignored`. */
  readonly signal: AbortSignal;
  /** What stops, and is not asked twice. */
  firmly(stop: () => void): () => void;
}

export function startStopping(parent: AbortSignal, withinMs = STOP_MS): Stopping {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: AbortSignal.any([parent, over.signal]),
    firmly: (stop) => () => {
      stop();
      timer ??= setTimeout(
        () => over.abort(new MarteauError('stop-ignored', { seconds: withinMs / 1000 })),
        withinMs,
      );
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
