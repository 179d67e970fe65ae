import { setImmediate as turn } from 'node:timers/promises';
import type { Label } from '../count/labels.ts';
import type { Timeline } from '../count/timeline.ts';
import { Agent, type ExchangeObserver } from '../fetch/agent.ts';
import type { Exchange } from '../fetch/exchange.ts';
import type { Suite, Test } from '../script/definition.ts';
import { Passage, type PassageObserver } from '../script/passage.ts';
import type { Scope } from '../script/scope.ts';
import { isError, noteExchange, noteFailure } from './note-failure.ts';
import { UserHost } from './user-host.ts';
import type { World } from './world.ts';

/** A virtual user: its own instance of the script, its own connections and cookies, one iteration at a time. */
export class User implements ExchangeObserver, PassageObserver, Scope {
  /** From 0, over all shares. */
  readonly number: number;
  readonly agent: Agent;
  readonly world: World;
  readonly timeline: Timeline;
  /** Its instance of the script, once that is loaded. */
  script: Suite | null = null;
  readonly suite = null;
  /** The iteration that is running. */
  passage: Passage | null = null;
  /** The iteration that is running or ran last: what it left to nobody still counts. Null while hooks come and go. */
  occasion: Passage | null = null;
  /** Subtests that are running. */
  readonly steps = new Set<Passage>();
  /** It was given up: what its iteration still does is nobody's. */
  gone = false;
  /** When its last iteration was over, with the bodies that nobody read; ms of the run's clock. */
  free = 0;
  /** Number of the iteration that is running, or ran last; -1 before the first. */
  iteration = -1;
  #host: UserHost | null = null;
  /** Open model: how much later than planned the iteration began, ms; null in a closed one. */
  #lateness: number | null = null;
  /** The same for its next request: the first one takes the lateness with it, those after it begin when they can. */
  #requestLateness: number | null = null;
  /** Reads of the thread when the iteration began. */
  #reads = 0;

  constructor(number: number, world: World, timeline: Timeline) {
    this.number = number;
    this.world = world;
    this.timeline = timeline;
    this.agent = new Agent(world.client, this);
  }

  /**
   * Begins an iteration of a test. Run what it gives, and then call `end`.
   * @param due open model: when it was to begin, ms of the run's clock
   * @param now ms of the run's clock
   */
  begin(test: Test, due: number | null, now: number): Passage {
    const { world } = this;
    const passage = new Passage(test, null, this.agent, this);
    if (world.job.session === 'iteration') this.agent.forgetCookies();
    world.started += 1;
    this.iteration += 1;
    passage.begun = now;
    this.#lateness = due === null ? null : passage.begun - due;
    this.#requestLateness = this.#lateness;
    this.passage = passage;
    this.occasion = passage;
    this.#reads = world.client.reads;
    return passage;
  }

  /**
   * Counts an iteration that has run.
   * @returns what has to be waited for before the next one; null when there is nothing
   */
  end(passage: Passage, test: Test): Promise<unknown> | null {
    if (this.gone) return null;
    const { job, client } = this.world;
    this.#count(passage, this.#labelOf(test), this.#lateness, test.place);
    this.passage = null;
    this.#host?.endIteration();
    const settling = this.agent.settle();
    if (job.connections === 'fresh') return this.#closeAfter(settling);
    // A test that never waits for anything would keep the thread from everything else.
    if (settling) return this.#freeAfter(settling);
    return client.reads === this.#reads ? turn() : null;
  }

  exchanged(exchange: Exchange): void {
    this.world.trace?.(this, exchange);
    if (!exchange.occasion || !this.occasion || this.gone) return;
    const failed = isError(exchange, this.world.expected);
    if (exchange.ended >= this.timeline.next) this.timeline.turn(exchange.ended);
    // What an earlier iteration has left behind is not late because this one is.
    const isOwn = exchange.occasion === this.occasion;
    const lateness = isOwn ? this.#requestLateness : this.isOpen ? 0 : null;
    this.timeline.tally.request(exchange, failed, lateness);
    if (isOwn && lateness !== null) this.#requestLateness = 0;
    if (failed) noteExchange(this, exchange);
  }

  stepBegun(step: Passage): void {
    step.begun = this.world.clock.now();
    this.steps.add(step);
  }

  stepEnded(step: Passage): void {
    this.steps.delete(step);
    if (this.passage && !this.gone) this.#count(step, this.world.labels.of('step', step.fullName), null);
  }

  diagnostic(message: string): void {
    this.world.note(message);
  }

  /** When the iteration that is running was to begin, ms of the run's clock. */
  get intended(): number {
    return (this.passage?.begun ?? 0) - (this.#lateness ?? 0);
  }

  /** It was given up in the middle of an iteration: what it had of data is for others. */
  giveUp(): void {
    this.gone = true;
    this.passage?.abort(new Error('the load has ended'));
    this.#host?.endIteration();
  }

  /** Goes on where a user of the same number was given up: counts on from its iterations, with its rows for life. */
  succeed(gone: User): void {
    this.iteration = gone.iteration;
    if (gone.#host) this.host.inherit(gone.#host);
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

  #count(passage: Passage, label: Label, lateness: number | null, place = ''): void {
    const now = this.world.clock.now();
    const failed = passage.failed && !passage.todo;
    if (now >= this.timeline.next) this.timeline.turn(now);
    this.timeline.tally.iteration(label, now - passage.begun, lateness, failed);
    this.free = now;
    if (failed) noteFailure(this, passage.failure, passage.fullName, place);
  }

  #labelOf(test: Test): Label {
    test.label ??= this.world.labels.of('test', test.fullName);
    return test.label;
  }
}
