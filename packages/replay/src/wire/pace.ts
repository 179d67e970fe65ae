/** Requests may come so much closer than the rate has them, ms: timers are no finer. */
const BURST_MS = 10;

/** Gives out moments at which requests may go: the generic cell rate algorithm, of ITU-T I.371. */
export class Pace {
  readonly #intervalMs: number;
  #next = 0;

  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond;
  }

  /** @param now ms of a clock that never goes back; @returns ms until the request may go */
  take(now = performance.now()): number {
    const at = Math.max(this.#next, now - BURST_MS);
    this.#next = at + this.#intervalMs;
    return Math.max(0, at - now);
  }
}
