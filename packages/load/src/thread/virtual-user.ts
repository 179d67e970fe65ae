import { setImmediate as turn } from 'node:timers/promises';
import type { FailureGroup, Metric } from '@marteau/measure';
import type { Label } from '../count/labels.ts';
import type { Timeline } from '../count/timeline.ts';
import { Agent, type ExchangeObserver } from '../fetch/agent.ts';
import type { Exchange } from '../fetch/exchange.ts';
import type { Suite, Test } from '../script/definition.ts';
import { Iteration, type IterationObserver } from '../script/iteration.ts';
import { type Scope, scopes } from '../script/scope.ts';
import { orderByWeight } from '../script/weights.ts';
import { chosenTests, come, go } from './coming.ts';
import { AFTER_MS, comeAgainMs } from './graces.ts';
import { isError, noteExchange, noteFailure, noteTrouble } from './note-failure.ts';
import type { Scenario } from './scenario.ts';
import { UserHost } from './user-host.ts';
import type { World } from './world.ts';

// Above 250 lines: what a user does (comes, iterates, leaves) and what of it is counted share all of its fields.

/**
 * A virtual user: its own instance of the script, its own connections and cookies, one iteration at a time.
 *
 *     load ─▶ come (before) ─▶ iterate, iterate … ─▶ leave (after) ─▶ (come again …) ─▶ close
 */
export class VirtualUser implements ExchangeObserver, IterationObserver, Scope {
  /** From 0, over all shares. */
  readonly number: number;
  readonly agent: Agent;
  readonly world: World;
  readonly timeline: Timeline;
  readonly suite = null;
  /** The iteration that is running. */
  running: Iteration | null = null;
  /** The iteration that is running or ran last: what it left to nobody still counts. Null while hooks come and go. */
  iteration: Iteration | null = null;
  /** Subtests that are running. */
  readonly steps = new Set<Iteration>();
  /** What keeps it from its iterations now: it is beginning or leaving. */
  hook: { readonly kind: NonNullable<FailureGroup['hook']>; readonly name: string } | null = null;
  /** It was given up: what its iteration still does is nobody's. */
  gone = false;
  /** When its last iteration was over, with the bodies that nobody read; ms of the run's clock. */
  free = 0;
  /** Number of the iteration that is running, or ran last; -1 before the first. */
  iterations = -1;
  readonly #scenario: Scenario;
  /** The thread's number of it, from 0. */
  readonly #n: number;
  /** Its instance of the script, once that is loaded. */
  #script: Suite | null = null;
  /** Those that it was to do, whose hooks run when it leaves; null before it came. */
  #chosen: readonly Test[] | null = null;
  /** Those that it does; null unless it has come. */
  #tests: readonly Test[] | null = null;
  /** The suites whose `before` hooks are through. */
  #came = new Set<Suite>();
  /** How often it tried to come to the others, and when it does so again, ms of the run's clock; never where there are none. */
  #tries = 0;
  #triesAgain = Number.POSITIVE_INFINITY;
  /** Which tests iterations are of, in turn, where the script gives them weights. */
  #order: readonly Test[] | null = null;
  #host: UserHost | null = null;
  /** Open model: how much later than planned the iteration began, ms; null in a closed one. */
  #lateness: number | null = null;
  /** The same for its next request: the first one takes the lateness with it, those after it begin when they can. */
  #requestLateness: number | null = null;
  /** Reads of the thread when the iteration began. */
  #reads = 0;

  constructor(number: number, n: number, scenario: Scenario) {
    this.number = number;
    this.#n = n;
    this.#scenario = scenario;
    this.world = scenario.world;
    this.timeline = scenario.timeline;
    this.agent = new Agent(this.world.client, this);
  }

  /** Loads its instance of the script, unless it has one. False when something threw; that is noted. */
  load(): Promise<boolean> {
    return scopes.run(this, async () => {
      this.hook = { kind: 'load', name: '' };
      try {
        this.agent.own ??= this.#scenario.ownFor(this.#n);
        this.#script ??= await this.#scenario.instanceFor(this.#n, this.agent);
        return true;
      } catch (error) {
        this.hookThrew(error);
        return false;
      } finally {
        this.hook = null;
      }
    });
  }

  /** Loads the instance and runs the `before` hooks. False when something threw; that is noted. */
  async come(): Promise<boolean> {
    if (!(await this.load())) return false;
    return scopes.run(this, async () => {
      this.#chosen = chosenTests(this.#script!, this.#scenario.test ?? this.world.job.test);
      this.#came = new Set();
      this.#tries = 0;
      return this.#comeTo(this.#chosen);
    });
  }

  /** Runs the `before` hooks of the suites to which it has not come yet. False where it can do no test. */
  async #comeTo(chosen: readonly Test[]): Promise<boolean> {
    const { job, clock } = this.world;
    this.iteration = null;
    const tests = await come(this, chosen, this.#came);
    if (tests.length === 0) return false;
    this.#tests = tests;
    this.agent.rememberCookies();
    // Who tries a script once does each of its tests.
    this.#order = job.trace ? null : orderByWeight(tests);
    this.#tries += 1;
    const isWhole = tests.length === chosen.length;
    this.#triesAgain = isWhole ? Number.POSITIVE_INFINITY : clock.now() + comeAgainMs(this.#tries);
    return true;
  }

  /** Tries to come to the suites that it has missed, from where every iteration begins. */
  async #tryAgain(): Promise<void> {
    if (this.world.job.session === 'iteration') this.agent.forgetCookies();
    if (!this.gone && this.#chosen) await this.#comeTo(this.#chosen);
  }

  /**
   * Iterates for as long as `stays` says so: one test after the other, or in the order that weights give. Where
   * nothing has to be waited for, an iteration begins the moment the one before has ended, and the clock is read once.
   */
  live(stays: (now: number) => boolean): Promise<void> {
    return scopes.run(this, async () => {
      const { world } = this;
      let tests = this.#order ?? this.#tests!;
      // Each user begins elsewhere in the order, so that all of them together have the weights at any time, too.
      const first = this.#order ? this.number + this.iterations + 1 : 0;
      let now = world.clock.now();
      for (let turn = first; stays(now); turn += 1) {
        const test = tests[turn % tests.length]!;
        const iteration = this.#begin(test, null, now);
        // As `iteration.run()`, without a promise of its own: this is the way of most of a load's iterations.
        try {
          await iteration.begin();
        } catch (error) {
          iteration.threw(error);
        }
        const rest = iteration.end();
        if (rest) await rest;
        const waiting = this.#end(iteration, test);
        if (waiting) await waiting;
        now = waiting ? world.clock.now() : this.free;
        world.between += now - this.free;
        if (now >= this.#triesAgain) {
          await this.#tryAgain();
          tests = this.#order ?? this.#tests ?? tests;
          now = world.clock.now();
        }
      }
    });
  }

  /**
   * One iteration of the open model.
   * @param due when it was to begin, ms of the run's clock
   * @param number of the arrival, over all shares: decides which test it is
   */
  iterate(due: number, number: number): Promise<void> {
    return scopes.run(this, async () => {
      const tests = this.#order ?? this.#tests!;
      const test = tests[number % tests.length]!;
      const iteration = this.#begin(test, due, this.world.clock.now());
      await iteration.run();
      await this.#end(iteration, test);
      if (this.free >= this.#triesAgain) await this.#tryAgain();
    });
  }

  /** The `after` hooks, if its `before` hooks had begun; who is in an iteration, or has not begun yet, is given up. */
  async leave(): Promise<void> {
    this.iteration = null;
    const tests = this.#chosen;
    this.#chosen = null;
    this.#tests = null;
    if (this.running || this.hook) this.giveUp();
    else if (tests) await scopes.run(this, go, this, tests);
  }

  /** Its time to leave is over: an `after` hook that hangs throws nothing, or only because the user is closed. */
  isLeft(): void {
    if (this.hook?.kind !== 'after') return;
    this.hookFailed(new Error(`has not ended after ${AFTER_MS / 1000} s`));
    this.giveUp();
  }

  /** A hook threw, which is nobody's failure once the user was given up. */
  hookThrew(error: unknown): void {
    if (!this.gone) this.hookFailed(error);
  }

  /** It could not begin, or not leave: counts that and groups why. */
  hookFailed(error: unknown): void {
    const { world, timeline, hook } = this;
    world.userFailures += 1;
    this.#scenario.attendance.failed(timeline.stage);
    noteFailure(this, error, hook?.name ?? '', { hook: hook?.kind });
  }

  /**
   * What it is doing does not end. Somebody else takes the number, with an instance of the script of their own; what it
   * had of data is for others.
   */
  giveUp(): void {
    const now = this.world.clock.now();
    // What it was doing when a window ended is noted before.
    if (now >= this.timeline.next) this.timeline.turn(now);
    this.gone = true;
    this.running?.abort(new Error('the load has ended'));
    this.#host?.endIteration();
    this.#scenario.replace(this, this.#n);
  }

  /** Ends what is still open of it. */
  close(): void {
    this.agent.close({ code: 'aborted', message: 'the user has left' });
  }

  /** Goes on where a user of the same number was given up: counts on from its iterations, with its rows for life. */
  succeed(gone: VirtualUser): void {
    this.iterations = gone.iterations;
    if (gone.#host) this.host.inherit(gone.#host);
  }

  exchanged(exchange: Exchange): void {
    this.world.trace?.(this, exchange);
    if (!exchange.iteration || !this.iteration || this.gone) return;
    const failed = isError(exchange, this.world.expected);
    if (exchange.ended >= this.timeline.next) this.timeline.turn(exchange.ended);
    // What an earlier iteration has left behind is not late because this one is.
    const isOwn = exchange.iteration === this.iteration;
    const lateness = isOwn ? this.#requestLateness : this.isOpen ? 0 : null;
    this.timeline.tally.request(exchange, failed, lateness);
    if (isOwn && lateness !== null) this.#requestLateness = 0;
    if (failed) noteExchange(this, exchange);
  }

  measured(metric: Metric, value: number): void {
    if (!this.iteration || this.gone) return;
    const now = this.world.clock.now();
    if (now >= this.timeline.next) this.timeline.turn(now);
    this.timeline.metrics.add(metric, value);
  }

  troubled(label: string, what: string, why: string): void {
    if (this.iteration && !this.gone) noteTrouble(this, label, what, why);
  }

  stepBegun(step: Iteration): void {
    step.begun = this.world.clock.now();
    this.steps.add(step);
  }

  stepEnded(step: Iteration): void {
    this.steps.delete(step);
    if (this.running && !this.gone) this.#count(step, this.world.labels.of('step', step.fullName), null);
  }

  diagnostic(message: string): void {
    this.world.note(message);
  }

  /** When the iteration that is running was to begin, ms of the run's clock. */
  get intended(): number {
    return (this.running?.begun ?? 0) - (this.#lateness ?? 0);
  }

  /** What the extras of the script work with. */
  get host(): UserHost {
    this.#host ??= new UserHost(this);
    return this.#host;
  }

  /** Whether its iteration began because the plan said so, and not because the one before had ended. */
  get isOpen(): boolean {
    return this.#lateness !== null;
  }

  /** The stage of the plan in whose recorded window it is; null outside of any. */
  get stage(): number | null {
    const { window } = this.timeline;
    return window?.recorded ? window.stage : null;
  }

  /** @param due open model: when it was to begin; both in ms of the run's clock */
  #begin(test: Test, due: number | null, now: number): Iteration {
    const { world } = this;
    const iteration = new Iteration(test, null, this.agent, this);
    if (world.job.session === 'iteration') this.agent.forgetCookies();
    world.started += 1;
    this.iterations += 1;
    iteration.begun = now;
    this.#lateness = due === null ? null : iteration.begun - due;
    this.#requestLateness = this.#lateness;
    this.running = iteration;
    this.iteration = iteration;
    this.#reads = world.client.reads;
    return iteration;
  }

  /**
   * Counts an iteration that has run.
   * @returns what has to be waited for before the next one; null when there is nothing
   */
  #end(iteration: Iteration, test: Test): Promise<unknown> | null {
    if (this.gone) return null;
    const { job, client } = this.world;
    this.#count(iteration, this.#labelOf(test), this.#lateness, test.place);
    this.running = null;
    this.#host?.endIteration();
    const settling = this.agent.settle();
    if (job.connections === 'fresh') return this.#closeAfter(settling);
    // A test that never waits for anything would keep the thread from everything else.
    if (settling) return this.#freeAfter(settling);
    return client.reads === this.#reads ? turn() : null;
  }

  async #closeAfter(settling: Promise<void> | null): Promise<void> {
    if (settling) await this.#freeAfter(settling);
    this.agent.closeIdle();
    await turn();
  }

  /** The time for which bodies are read to their end is the target's. */
  async #freeAfter(settling: Promise<void>): Promise<void> {
    await settling;
    this.free = this.world.clock.now();
  }

  #count(iteration: Iteration, label: Label, lateness: number | null, place = ''): void {
    const now = this.world.clock.now();
    const failed = iteration.failed && !iteration.todo;
    if (now >= this.timeline.next) this.timeline.turn(now);
    this.timeline.tally.iteration(label, now - iteration.begun, lateness, failed);
    this.free = now;
    if (failed) noteFailure(this, iteration.failure, iteration.fullName, { place });
  }

  #labelOf(test: Test): Label {
    test.label ??= this.world.labels.of('test', test.fullName);
    return test.label;
  }
}
