const AT_ONCE = 1024 * 1024;
const PER_SECOND = 64 * 1024;

/**
 * How much of a run's console goes to the live pages: the first megabyte whole, then a stream that a person could
 * not read any faster, so that neither Redis nor a browser feels a script that prints 200 MB.
 */
export class LiveBudget {
  #left = AT_ONCE;
  #at: number;

  /** @param now ms */
  constructor(now: number) {
    this.#at = now;
  }

  /** Takes `characters` out of the budget, or answers false and takes nothing. */
  spend(characters: number, now: number): boolean {
    this.#left = Math.min(AT_ONCE, this.#left + ((now - this.#at) * PER_SECOND) / 1000);
    this.#at = now;
    if (characters > this.#left) return false;
    this.#left -= characters;
    return true;
  }
}
