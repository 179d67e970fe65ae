/** Rates that lie closer than this part of the lower one tell no more. */
const CLOSE = 0.02;

/**
 * Which rate to try next: one after the other of a rising list until one does not hold, then the middle between the
 * highest that held and the lowest that did not.
 */
export class CapacitySearch {
  readonly #rates: readonly number[];
  #tried = 0;
  #bisections: number;
  /** The highest rate that held, and the lowest that did not; null where there is none yet. */
  holds: number | null = null;
  breaks: number | null = null;

  constructor(rates: readonly number[], bisections: number) {
    this.#rates = rates;
    this.#bisections = bisections;
  }

  /** Null when there is nothing more to find out. */
  next(): number | null {
    if (this.breaks === null) return this.#rates[this.#tried] ?? null;
    if (this.holds === null || this.#bisections === 0) return null;
    const middle = rounded((this.holds + this.breaks) / 2);
    return middle <= this.holds * (1 + CLOSE) || middle >= this.breaks ? null : middle;
  }

  tell(rate: number, held: boolean): void {
    if (this.breaks === null) this.#tried += 1;
    else this.#bisections -= 1;
    if (held) this.holds = rate;
    else this.breaks = rate;
  }
}

/** Three digits are more than any search can tell. */
function rounded(rate: number): number {
  return Number(rate.toPrecision(3));
}
