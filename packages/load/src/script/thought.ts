/** The time for which somebody thinks; thoughts at the same time take no longer than one. */
export class Thought {
  #going = 0;
  #since = 0;

  begin(now: number): void {
    if (this.#going === 0) this.#since = now;
    this.#going += 1;
  }

  /** @returns how long it was, once the last of them is over */
  end(now: number): number {
    this.#going -= 1;
    return this.#going === 0 ? now - this.#since : 0;
  }
}
