import { arrivalsIn, arrivalTime, type Rate } from './arrivals.ts';
import { countOf, memberOf, type Portion } from './portion.ts';
import { type Seat, usersAt, workAt } from './seat.ts';
import type { Laid } from './stretch.ts';

/** A thread's part of a step of the open model, where it lies in the run. */
export interface OpenStep {
  /** ms of the run's clock. */
  readonly begin: number;
  readonly durationMs: number;
  /** Over all shares. */
  readonly rate: Rate;
  /** Which of the arrivals are this thread's. */
  readonly portion: Portion;
  /** The most users of this thread. */
  readonly users: number;
}

export function openSteps(laid: readonly Laid[], seat: Seat): OpenStep[] {
  return laid.flatMap(({ step, begin }) => {
    if (step.model !== 'open' || !step.rate) return [];
    const { rate, durationMs, maxUsers } = step;
    const most = maxUsers ?? 1;
    const portion = workAt(seat, most);
    return [{ begin, durationMs, rate, portion, users: countOf(usersAt(seat), most) }];
  });
}

/** Walks through the moments at which a thread's arrivals are due, over steps that follow each other. */
export class DueArrivals {
  readonly #steps: readonly OpenStep[];
  #step = 0;
  #left: number;
  #next = 0;
  /** The next one, ms of the run's clock; infinite when there is none. */
  due = Number.POSITIVE_INFINITY;

  /** @param steps at least one */
  constructor(steps: readonly OpenStep[]) {
    this.#steps = steps;
    this.#left = this.#count();
    this.#look();
  }

  /** Number of the next one in its step, over all shares. */
  get number(): number {
    return memberOf(this.step.portion, this.#next);
  }

  /** The step of the next one, or the last one. */
  get step(): OpenStep {
    return this.#steps[Math.min(this.#step, this.#steps.length - 1)]!;
  }

  /** The one that is due is dealt with. */
  advance(): void {
    this.#next += 1;
    this.#left -= 1;
    this.#look();
  }

  #look(): void {
    while (this.#left === 0 && this.#step < this.#steps.length) {
      this.#step += 1;
      this.#next = 0;
      this.#left = this.#count();
    }
    const step = this.#steps[this.#step];
    if (!step) this.due = Number.POSITIVE_INFINITY;
    else this.due = step.begin + arrivalTime(memberOf(step.portion, this.#next), step.rate, step.durationMs);
  }

  #count(): number {
    const step = this.#steps[this.#step];
    return step ? countOf(step.portion, arrivalsIn(step.rate, step.durationMs)) : 0;
  }
}
