/** Tells when one side has said nothing for a time while something waits for it. */
export class Standstill {
  readonly #ms: number;
  readonly #over: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, over: () => void) {
    this.#ms = ms;
    this.#over = over;
  }

  /** Begins anew, since the side has just said something; or ends, where nothing waits any more. */
  watch(isWaiting: boolean): void {
    if (isWaiting && this.#timer) this.#timer.refresh();
    else if (isWaiting) this.#timer = setTimeout(this.#over, this.#ms);
    else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }
}
