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
    this.#zero = performance.now() - Number(process.hrtime.bigint() - at) / 1e6;
  }
}
