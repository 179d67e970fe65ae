/** Requests may come so much closer than the rate has them, ms: timers are no finer. */
const BURST_MS = 10;
/** Who waits longer is not served at the pace of the load any more, ms. */
const LONG_MS = 100;

/** How many requests a host gets in a second from all threads of a process: made once, given to each thread. */
export interface SharedRate {
  /** `host:port`. */
  readonly place: string;
  readonly perSecond: number;
  /** When the next request may go, ns of the system's clock that never goes back; how many waited long. */
  readonly state: SharedArrayBuffer;
}

export function shareRate(place: string, perSecond: number): SharedRate {
  return { place, perSecond, state: new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT) };
}

/** Gives out moments at which requests may go, one after the other, whichever thread asks. */
export class RateLimit {
  readonly #state: BigInt64Array;
  readonly #interval: bigint;

  constructor({ perSecond, state }: Pick<SharedRate, 'perSecond' | 'state'>) {
    this.#state = new BigInt64Array(state);
    this.#interval = BigInt(Math.round(1e9 / perSecond));
  }

  /** @param now ns; @returns ms until the request may go: the generic cell rate algorithm, of ITU-T I.371 */
  take(now = process.hrtime.bigint()): number {
    const earliest = now - BigInt(BURST_MS * 1_000_000);
    for (;;) {
      const next = Atomics.load(this.#state, 0);
      const at = next > earliest ? next : earliest;
      if (Atomics.compareExchange(this.#state, 0, next, at + this.#interval) !== next) continue;
      const wait = at > now ? Number(at - now) / 1e6 : 0;
      this.note(wait);
      return wait;
    }
  }

  /** @param wait of something that is sent, ms */
  note(wait: number): void {
    if (wait >= LONG_MS) Atomics.add(this.#state, 1, 1n);
  }

  /** How many had to wait long so far, in all threads. */
  get waited(): number {
    return Number(Atomics.load(this.#state, 1));
  }
}
