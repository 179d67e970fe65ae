// The global one is the script's to replace.
import { performance } from 'node:perf_hooks';

const READINGS = 5;

/** The run's clock, the same in every thread: ms since its moment 0, which the child process names. */
export class Clock {
  #zero = performance.now();
  /** Bound, because it is read with every request. */
  readonly now = (): number => performance.now() - this.#zero;

  /** Moment 0, as process.hrtime.bigint() tells it. */
  zero = 0n;

  /** @param at what process.hrtime.bigint() says at moment 0 */
  setZero(at: bigint): void {
    this.zero = at;
    // The clocks are read one after the other, and the thread may be held up in between: the tightest reading counts.
    let tightest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < READINGS; i += 1) {
      const before = performance.now();
      const since = Number(process.hrtime.bigint() - at) / 1e6;
      const took = performance.now() - before;
      if (took >= tightest) continue;
      tightest = took;
      this.#zero = before + took / 2 - since;
    }
  }
}
