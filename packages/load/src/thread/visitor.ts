import type { Test } from '../script/definition.ts';
import { scopes } from '../script/scope.ts';
import { orderByWeight } from '../script/weights.ts';
import { chosenTests, come, go } from './coming.ts';
import type { Lane } from './lane.ts';
import { noteFailure } from './note-failure.ts';
import type { User } from './user.ts';

/** A user while it is there: comes, iterates, and leaves. */
export class Visitor {
  readonly user: User;
  readonly #lane: Lane;
  readonly #n: number;
  #tests: readonly Test[] | null = null;
  /** Which tests users and arrivals get in turn, where the script gives them weights. */
  #order: readonly Test[] | null = null;

  /** @param n the thread's user number, from 0 */
  constructor(lane: Lane, n: number) {
    this.#lane = lane;
    this.#n = n;
    this.user = lane.user(n);
  }

  /** Loads the user's instance of the script, unless it has one. False when something threw; that is noted. */
  load(): Promise<boolean> {
    return scopes.run(this.user, async () => {
      const { user } = this;
      try {
        user.script ??= await this.#lane.instanceFor(this.#n, user.agent);
        return true;
      } catch (error) {
        noteFailure(user, error, '');
        return false;
      }
    });
  }

  /** Loads the instance and runs the `before` hooks. False when something threw; that is noted. */
  async come(): Promise<boolean> {
    if (!(await this.load())) return false;
    return scopes.run(this.user, async () => {
      const { user } = this;
      user.occasion = null;
      const { job } = this.#lane.world;
      const tests = chosenTests(user.script!, this.#lane.test ?? job.test);
      if (!(await come(user, tests))) return false;
      this.#tests = tests;
      // Who tries a script once does each of its tests.
      this.#order = job.trace ? null : orderByWeight(tests);
      return true;
    });
  }

  /**
   * Iterates for as long as `stays` says so: one test after the other, or the one that weights give this user. Where
   * nothing has to be waited for, an iteration begins the moment the one before has ended, and the clock is read once.
   */
  live(stays: (now: number) => boolean): Promise<void> {
    return scopes.run(this.user, async () => {
      const { user } = this;
      const { world } = user;
      const tests = this.#order ? [this.#order[user.number % this.#order.length]!] : this.#tests!;
      let now = world.clock.now();
      for (let turn = 0; stays(now); turn += 1) {
        const test = tests[turn % tests.length]!;
        const passage = user.begin(test, null, now);
        // As `passage.run()`, without a promise of its own: this is the way of most of a load's iterations.
        try {
          await passage.begin();
        } catch (error) {
          passage.threw(error);
        }
        const rest = passage.end();
        if (rest) await rest;
        const waiting = user.end(passage, test);
        if (waiting) await waiting;
        now = waiting ? world.clock.now() : user.free;
        world.between += now - user.free;
      }
    });
  }

  /**
   * One iteration of the open model.
   * @param due when it was to begin, ms of the run's clock
   * @param number of the arrival, over all shares: decides which test it is
   */
  iterate(due: number, number: number): Promise<void> {
    return scopes.run(this.user, async () => {
      const { user } = this;
      const tests = this.#order ?? this.#tests!;
      const test = tests[number % tests.length]!;
      const passage = user.begin(test, due, user.world.clock.now());
      await passage.run();
      await user.end(passage, test);
    });
  }

  /** The `after` hooks, if it had come; an iteration that has not ended is given up. */
  async leave(): Promise<void> {
    const { user } = this;
    user.occasion = null;
    if (user.passage) this.giveUp();
    else if (this.#tests) await scopes.run(user, go, user, this.#tests);
  }

  /** What it is doing does not end. Somebody else takes the number, with an instance of the script of their own. */
  giveUp(): void {
    this.#lane.giveUp(this.user, this.#n);
  }

  /** Ends what is still open of it. */
  close(): void {
    this.user.agent.close({ code: 'aborted', message: 'the user has left' });
  }
}
