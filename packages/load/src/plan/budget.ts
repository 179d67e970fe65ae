import type { Stage } from '@marteau/shared';
import { countOf } from './exact-part.ts';
import { type ThreadShare, workAt } from './thread-share.ts';
import { mostUsers } from './users.ts';

/** How many iterations may still be started in a stage, by this thread's users. */
export class Budget {
  readonly #perUser: number;
  readonly #taken = new Map<number, number>();
  #left: number;

  /** Without `iterations` there is no end to them. */
  constructor(stage: Stage, threadShare: ThreadShare) {
    const { iterations } = stage;
    const all = iterations?.per === 'all';
    this.#left = all
      ? countOf(workAt(threadShare, mostUsers(stage)), iterations.count)
      : Number.POSITIVE_INFINITY;
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
