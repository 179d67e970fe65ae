import { MarteauError } from '@marteau/shared';

/** How long the parts of what stands around a run may take, in ms. */
export interface Deadlines {
  /** Of installing packages, and of each command that sets the app up. */
  install: number;
  /** Of each command of `before`. */
  before: number;
  /** Of all of `after`. */
  after: number;
}

/** The end of a run's time, beside whatever else ends it. */
interface Deadline extends Disposable {
  /** Aborts with the parent's reason, or with a `run-deadline` when the time is over. */
  readonly signal: AbortSignal;
  /** The run may take so much longer, ms. */
  extend(ms: number): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** @param doing what the run is at when its time is over, in words */
export function startDeadline(ms: number, parent: AbortSignal, doing: () => string): Deadline {
  const over = new AbortController();
  const began = performance.now();
  let whole = ms;
  const set = (): NodeJS.Timeout =>
    setTimeout(
      () =>
        over.abort(new MarteauError('run-deadline', { seconds: Math.round(whole / 1000), doing: doing() })),
      Math.min(Math.max(0, began + whole - performance.now()), LONGEST_TIMER_MS),
    );
  let timer = set();
  return {
    signal: AbortSignal.any([parent, over.signal]),
    extend(more) {
      whole += more;
      clearTimeout(timer);
      timer = set();
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
