import type { ScheduledStage } from '@marteau/measure';
import { Budget } from '../plan/budget.ts';
import { memberOf } from '../plan/exact-part.ts';
import { type Presence, presencesOf } from '../plan/presence.ts';
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
  readonly #scheduled: readonly ScheduledStage[];
  readonly #waits: Waits;
  readonly #budget: Budget;
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
    const { part } = this.#scenario.world;
    const stages = this.#scheduled.map(({ stage }) => stage);
    const users = mostUsersOf(stages, part);
    const visits = Array.from({ length: users }, (_, n) =>
      Promise.all(
        presencesOf(memberOf(part, n), this.#scheduled).map((presence) => this.#attend(n, presence)),
      ),
    );
    await Promise.all(visits);
    if (stages.some(({ iterations }) => iterations)) return Math.min(this.#last, this.#end);
    await this.#waits.until(() => this.#end);
    return this.#end;
  }

  /** Everybody goes now. */
  stop(): void {
    this.#end = Math.min(this.#end, this.#now());
    this.#grace = GRACE_WHEN_STOPPED_MS;
    this.#waits.look();
  }

  async #attend(n: number, presence: Presence): Promise<void> {
    await this.#waits.until(() => Math.min(presence.comes, this.#end));
    if (this.#now() >= this.#end) return;
    const { world } = this.#scenario;
    const user = this.#scenario.user(n);
    const visit = this.#scenario.attendance.comes(user, this.#now());
    world.users += 1;
    const over = this.#waits.until(() => this.#end + this.#grace).then(() => true);
    const isGivenUp = await Promise.race([this.#serve(visit, n, presence), over]);
    const left = this.#now();
    this.#last = Math.max(this.#last, left);
    if (isGivenUp) user.giveUp();
    else await Promise.race([user.leave(), this.#waits.until(() => left + AFTER_MS)]);
    user.close();
    visit.leaves = left;
    world.users -= 1;
  }

  async #serve(visit: Visit, n: number, presence: Presence): Promise<void> {
    const { user } = visit;
    const goes = () => Math.min(presence.goes, this.#end);
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
