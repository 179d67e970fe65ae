import { Budget } from '../plan/budget.ts';
import { memberOf } from '../plan/portion.ts';
import { type Stay, staysOf } from '../plan/stays.ts';
import type { Laid } from '../plan/stretch.ts';
import { mostUsersOf } from '../plan/users.ts';
import { Waits } from '../plan/waits.ts';
import type { Test } from '../script/definition.ts';
import { scopes } from '../script/scope.ts';
import { chosenTests, come, go } from './coming.ts';
import type { Lane } from './lane.ts';
import { noteFailure } from './note-failure.ts';
import type { User } from './user.ts';

/** How long iterations that run when the load ends are waited for, ms. */
const GRACE_MS = 3000;
const GRACE_WHEN_STOPPED_MS = 1000;
/** How long the `after` hooks may take once nothing is measured any more, ms. */
const AFTER_MS = 2000;
/** Between two attempts of a user to come, when a `before` hook threw, ms. */
const COME_AGAIN_MS = 1000;

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
  #end: number;
  /** When a user had done its last iteration. */
  #last = 0;
  readonly #budget: Budget;
  #grace = GRACE_MS;

  constructor(lane: Lane, laid: readonly Laid[]) {
    this.#lane = lane;
    this.#laid = laid;
    this.#waits = new Waits(lane.world.clock.now);
    this.#end = laid.at(-1)!.end;
    this.#budget = new Budget(laid.at(-1)!.step, lane.world.job.portion);
  }

  /** Resolves when all users have left, with the moment at which the load was over. */
  async run(): Promise<number> {
    const { portion } = this.#lane.world.job;
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
    this.#end = Math.min(this.#end, this.#lane.world.clock.now());
    this.#grace = GRACE_WHEN_STOPPED_MS;
    this.#waits.look();
  }

  async #attend(n: number, stay: Stay): Promise<void> {
    await this.#waits.until(() => Math.min(stay.comes, this.#end));
    if (this.#now >= this.#end) return;
    const { world } = this.#lane;
    const user = this.#lane.user(n);
    world.users += 1;
    const over = this.#waits.until(() => this.#end + this.#grace);
    const tests = await Promise.race([scopes.run(user, () => this.#live(user, n, stay)), over]);
    if (tests) await this.#leave(user, tests);
    else this.#lane.giveUp(user, n);
    user.agent.close({ code: 'aborted', message: 'the user has left' });
    world.users -= 1;
  }

  /** @returns the tests that the user came for */
  async #live(user: User, n: number, stay: Stay): Promise<Test[]> {
    const stays = (): boolean => !user.gone && this.#now < Math.min(stay.goes, this.#end);
    let tests = await this.#arrive(user, n);
    while (!tests) {
      const again = this.#now + COME_AGAIN_MS;
      await this.#waits.until(() => Math.min(again, this.#end));
      if (!stays()) return [];
      tests = await this.#arrive(user, n);
    }
    for (let i = 0; stays() && this.#budget.take(n); i += 1) {
      const test = tests[i % tests.length]!;
      const passage = user.begin(test);
      await passage.run();
      const waiting = user.end(passage, test);
      if (waiting) await waiting;
    }
    this.#last = this.#now;
    return tests;
  }

  /** @returns the tests of the user's instance; null when something threw, which is noted */
  async #arrive(user: User, n: number): Promise<Test[] | null> {
    try {
      user.script ??= await this.#lane.world.instances.of(n, user.agent);
    } catch (error) {
      noteFailure(user, error, '');
      return null;
    }
    const tests = chosenTests(user.script, this.#lane.test);
    return (await come(user, tests)) ? tests : null;
  }

  async #leave(user: User, tests: readonly Test[]): Promise<void> {
    const left = this.#now;
    await Promise.race([scopes.run(user, go, user, tests), this.#waits.until(() => left + AFTER_MS)]);
  }

  get #now(): number {
    return this.#lane.world.clock.now();
  }
}
