import { DueArrivals, type OpenStage } from './due-arrivals.ts';

/** An arrival that the plan wants. */
export interface Arrival {
  /** ms of the run's clock. */
  readonly due: number;
  /** In its stage, over all shares. */
  readonly number: number;
  readonly stage: OpenStage;
}

/** Arrivals of so long a time are begun together, in its middle: none is then more than half of it off, ms. */
const SPAN_MS = 1.4;
/** Fewer are not worth it. */
const FEWEST = 3;

/**
 * A thread's arrivals as they are begun. To wake for each costs more than what it begins, so those that lie close
 * together are due at one moment: at 5,000 a second seven or eight of them. Where there is one a millisecond or less,
 * each is due at its own.
 */
export class GroupedArrivals {
  readonly #arrivals: DueArrivals;
  /** The next ones, as far as they were looked at; those of the group that is on come first. */
  #ahead: Arrival[] = [];
  #next = 0;
  /** Where the group that is on ends in them. */
  #end = 0;

  /** @param stages at least one */
  constructor(stages: readonly OpenStage[]) {
    this.#arrivals = new DueArrivals(stages);
    this.#group();
  }

  /** The next one; null when there is none. */
  get next(): Arrival | null {
    return this.#ahead[this.#next] ?? null;
  }

  /** Of the next one, or the last one. */
  get stage(): OpenStage {
    return this.next?.stage ?? this.#arrivals.stage;
  }

  /** The next one is dealt with. */
  advance(): void {
    this.#next += 1;
    if (this.#next >= this.#end) this.#group();
  }

  /** Goes on by other stages, as `DueArrivals.follow`; what lies within a span from the next one stays as it is. */
  follow(stages: readonly OpenStage[]): void {
    this.#arrivals.follow(stages);
    if (this.next === null) this.#group();
  }

  #group(): void {
    const ahead = this.#ahead.slice(this.#next);
    const arrivals = this.#arrivals;
    const first = ahead[0]?.due ?? arrivals.due;
    if (first === Number.POSITIVE_INFINITY) {
      this.#ahead = [];
      this.#next = 0;
      return;
    }
    const of = ahead[0]?.stage ?? arrivals.stage;
    for (; arrivals.due <= first + SPAN_MS && arrivals.stage === of; arrivals.advance())
      ahead.push({ due: arrivals.due, number: arrivals.number, stage: of });
    this.#next = 0;
    this.#ahead = ahead;
    this.#end = Math.min(1, ahead.length);
    if (ahead.length < FEWEST) return;
    const due = (first + ahead.at(-1)!.due) / 2;
    this.#ahead = ahead.map((arrival) => ({ ...arrival, due }));
    this.#end = ahead.length;
  }
}
