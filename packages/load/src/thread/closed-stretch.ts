import { Budget } from '../plan/budget.ts';
import { memberOf } from '../plan/portion.ts';
import { type Stay, staysOf } from '../plan/stays.ts';
import type { Laid } from '../plan/stretch.ts';
import { mostUsersOf } from '../plan/users.ts';
import { Waits } from '../plan/waits.ts';
import { AFTER_MS, COME_AGAIN_MS, GRACE_MS, GRACE_WHEN_STOPPED_MS } from './graces.ts';
import type { Lane } from './lane.ts';
import { Visitor } from './visitor.ts';

/**
 * Users who come, iterate one after the other, and go: FunkLoad's cycles and the steps of a closed model.
 *
 *     comes          goes            + grace      + after
 *     ├ before ─ iterate, iterate … ─┼─ the last ─┼─ after ─┤
 */
export class ClosedStretch {
  readonly #lane: Lane;
  readonly #laid: readonly Laid[];
  readonly #waits: Waits;
  readonly #budget: Budget;
  #end: number;
  #grace = GRACE_MS;
  /** When the last user so far was done: with its iterations, or because the load was over. */
  #last = 0;

  constructor(lane: Lane, laid: readonly Laid[]) {
    this.#lane = lane;
    this.#laid = laid;
    this.#waits = new Waits(lane.world.clock.now);
    this.#end = laid.at(-1)!.end;
    this.#budget = new Budget(laid.at(-1)!.step, lane.world.job.seat);
  }

  /** Resolves when all users have left, with the moment at which the load was over. */
  async run(): Promise<number> {
    const { portion } = this.#lane.world;
    const steps = this.#laid.map(({ step }) => step);
    const users = mostUsersOf(steps, portion);
    const attendances = Array.from({ length: users }, (_, n) =>
      Promise.all(staysOf(memberOf(portion, n), this.#laid).map((stay) => this.#attend(n, stay))),
    );
    await Promise.all(attendances);
    if (steps.some(({ iterations }) => iterations)) return Math.min(this.#last, this.#end);
    await this.#waits.until(() => this.#end);
    return this.#end;
  }

  /** Everybody goes now. */
  stop(): void {
    this.#end = Math.min(this.#end, this.#now());
    this.#grace = GRACE_WHEN_STOPPED_MS;
    this.#waits.look();
  }

  async #attend(n: number, stay: Stay): Promise<void> {
    await this.#waits.until(() => Math.min(stay.comes, this.#end));
    if (this.#now() >= this.#end) return;
    const { world } = this.#lane;
    const visitor = new Visitor(this.#lane, n);
    world.users += 1;
    const over = this.#waits.until(() => this.#end + this.#grace).then(() => true);
    const isGivenUp = await Promise.race([this.#visit(visitor, n, stay), over]);
    const left = this.#now();
    this.#last = Math.max(this.#last, left);
    if (isGivenUp) visitor.giveUp();
    else await Promise.race([visitor.leave(), this.#waits.until(() => left + AFTER_MS)]);
    visitor.close();
    world.users -= 1;
  }

  async #visit(visitor: Visitor, n: number, stay: Stay): Promise<void> {
    const { user } = visitor;
    const stays = (now: number): boolean => !user.gone && now < Math.min(stay.goes, this.#end);
    while (!(await visitor.come())) {
      const again = this.#now() + COME_AGAIN_MS;
      await this.#waits.until(() => Math.min(again, this.#end));
      if (!stays(this.#now())) return;
    }
    await visitor.live((now) => stays(now) && this.#budget.take(n));
  }

  #now(): number {
    return this.#lane.world.clock.now();
  }
}
