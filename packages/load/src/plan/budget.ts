import type { Step } from '@marteau/shared';
import { countOf } from './portion.ts';
import { type Seat, workAt } from './seat.ts';
import { mostUsers } from './users.ts';

/** How many iterations may still be started in a step, by this thread's users. */
export class Budget {
  readonly #perUser: number;
  readonly #taken = new Map<number, number>();
  #left: number;

  /** Without `iterations` there is no end to them. */
  constructor(step: Step, seat: Seat) {
    const { iterations } = step;
    const all = iterations?.per === 'all';
    this.#left = all ? countOf(workAt(seat, mostUsers(step)), iterations.count) : Number.POSITIVE_INFINITY;
    this.#perUser = iterations?.per === 'user' ? iterations.count : Number.POSITIVE_INFINITY;
  }

  /** Takes one for a user; false when there is none left. */
  take(user: number): boolean {
    if (this.#left === 0) return false;
    if (this.#perUser !== Number.POSITIVE_INFINITY) {
      const taken = this.#taken.get(user) ?? 0;
      if (taken >= this.#perUser) return false;
      this.#taken.set(user, taken + 1);
    }
    this.#left -= 1;
    return true;
  }
}
