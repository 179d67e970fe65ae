import type { ScheduledStage } from '@marteau/measure';
import { Budget } from '../plan/budget.ts';
import { memberOf } from '../plan/exact-part.ts';
import { presencesOf, Stays } from '../plan/presence.ts';
import { mostUsersOf } from '../plan/users.ts';
import { Waits } from '../plan/waits.ts';
import type { Visit } from './attendance.ts';
import { AFTER_MS, comeAgainMs, GRACE_MS, GRACE_WHEN_STOPPED_MS } from './graces.ts';
import type { Scenario } from './scenario.ts';

/**
 * Users who come, iterate one after the other, and go: FunkLoad's cycles and the stages of a closed model.
 *
 *     comes          goes            + grace      + after
 *     ├ before ─ iterate, iterate … ─┼─ the last ─┼─ after ─┤
 */
export class ClosedExecutor {
  readonly #scenario: Scenario;
  #scheduled: readonly ScheduledStage[];
  readonly #waits: Waits;
  readonly #budget: Budget;
  /** By the thread's number of a user: when it is there. */
  readonly #stays: Stays[] = [];
  readonly #visits: Promise<void>[] = [];
  #end: number;
  #grace = GRACE_MS;
  /** When the last user so far was done: with its iterations, or because the load was over. */
  #last = 0;

  constructor(scenario: Scenario, scheduled: readonly ScheduledStage[]) {
    this.#scenario = scenario;
    this.#scheduled = scheduled;
    this.#waits = new Waits(scenario.world.clock.now);
    this.#end = scheduled.at(-1)!.end;
    this.#budget = new Budget(scheduled.at(-1)!.stage, scenario.world.job.threadShare);
  }

  /** Resolves when all users have left, with the moment at which the load was over. */
  async run(): Promise<number> {
    this.#invite();
    // Others may be invited while these are there.
    for (const visit of this.#visits) await visit;
    if (this.#isCounted) return Math.min(this.#last, this.#end);
    await this.#waits.until(() => this.#end);
    return this.#end;
  }

  /** The segment goes on in another way. */
  follow(scheduled: readonly ScheduledStage[]): void {
    if (this.#now() >= this.#end) return;
    this.#scheduled = scheduled;
    this.#end = scheduled.at(-1)!.end;
    this.#invite();
    this.#waits.look();
  }

  /** Everybody goes now. */
  stop(): void {
    this.#end = Math.min(this.#end, this.#now());
    this.#grace = GRACE_WHEN_STOPPED_MS;
    this.#waits.look();
  }

  /** Tells everybody when they are there; who has not heard of it before comes along. */
  #invite(): void {
    const { part } = this.#scenario.world;
    const users = mostUsersOf(
      this.#scheduled.map(({ stage }) => stage),
      part,
    );
    for (let n = 0; n < Math.max(users, this.#stays.length); n += 1) {
      const presences = presencesOf(memberOf(part, n), this.#scheduled);
      const known = this.#stays[n];
      if (known) known.follow(presences, this.#now());
      else {
        const stays = new Stays(presences);
        this.#stays.push(stays);
        this.#visits.push(this.#visit(n, stays));
      }
    }
  }

  /** All the times that a user is there; where iterations are counted, once. */
  async #visit(n: number, stays: Stays): Promise<void> {
    do {
      await this.#waits.until(() => Math.min(stays.comes, this.#end));
      if (this.#now() >= this.#end) return;
      stays.enter();
      await this.#attend(n, stays);
    } while (!this.#isCounted);
  }

  get #isCounted(): boolean {
    return this.#scheduled.some(({ stage }) => stage.iterations);
  }

  async #attend(n: number, stays: Stays): Promise<void> {
    const { world } = this.#scenario;
    const user = this.#scenario.user(n);
    const visit = this.#scenario.attendance.comes(user, this.#now());
    world.users += 1;
    const over = this.#waits.until(() => this.#end + this.#grace).then(() => true);
    const isGivenUp = await Promise.race([this.#serve(visit, n, stays), over]);
    const left = this.#now();
    this.#last = Math.max(this.#last, left);
    if (isGivenUp) user.giveUp();
    else await Promise.race([user.leave(), this.#waits.until(() => left + AFTER_MS)]);
    user.isLeft();
    user.close();
    visit.leaves = left;
    world.users -= 1;
  }

  async #serve(visit: Visit, n: number, planned: Stays): Promise<void> {
    const { user } = visit;
    const goes = () => Math.min(planned.goes, this.#end);
    const stays = (now: number): boolean => !user.gone && now < goes();
    for (let tries = 1; !(await user.come()); tries += 1) {
      visit.failed = true;
      const again = this.#now() + comeAgainMs(tries);
      await this.#waits.until(() => Math.min(again, goes()));
      if (!stays(this.#now())) return;
    }
    visit.begins = this.#now();
    await user.live((now) => stays(now) && this.#budget.take(n));
  }

  #now(): number {
    return this.#scenario.world.clock.now();
  }
}
