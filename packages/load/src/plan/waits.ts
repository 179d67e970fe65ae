/** A timer that is set for longer than this fires at once (2^31 ms). */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits for moments that may move nearer. */
export class Waits {
  readonly #now: () => number;
  readonly #waiting = new Set<() => void>();

  /** @param now ms of the run's clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Resolves at a moment, which is asked for again whenever `look` is called; infinite waits for that alone. */
  until(moment: () => number): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const look = () => {
        clearTimeout(timer);
        const left = moment() - this.#now();
        if (left > 0) timer = setTimeout(look, Math.min(left, LONGEST_MS));
        else {
          this.#waiting.delete(look);
          resolve();
        }
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Moments have changed. */
  look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
