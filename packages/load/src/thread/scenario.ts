import { micros, type ScheduledStage, type Unfinished } from '@marteau/measure';
import { type Stage, spellDuration } from '@marteau/shared';
import { Timeline, type Window } from '../count/timeline.ts';
import type { Agent } from '../fetch/agent.ts';
import { countOf, memberOf } from '../plan/exact-part.ts';
import { schedule } from '../plan/schedule.ts';
import type { Suite } from '../script/definition.ts';
import type { Iteration } from '../script/iteration.ts';
import type { Own } from '../script/own.ts';
import { Attendance } from './attendance.ts';
import { ClosedExecutor } from './closed-executor.ts';
import type { ScenarioJob } from './messages.ts';
import { OpenExecutor } from './open-executor.ts';
import { Pace } from './pace.ts';
import { VirtualUser } from './virtual-user.ts';
import type { World } from './world.ts';

/** A body of which something came within this time comes still, however long it takes. ms */
const STILL_COMES_MS = 1000;

/** One scenario of the plan in this thread: its time, its users, the segment that runs. */
export class Scenario {
  readonly world: World;
  /** The one test that it runs; null for all. */
  readonly test: string | null;
  readonly timeline: Timeline;
  readonly attendance = new Attendance();
  readonly #index: number;
  /** Users of the scenarios before it: over all shares, and in this thread. */
  readonly #firstUser: number;
  readonly #firstSlot: number;
  /** Null where nothing begins at a rate. */
  readonly #pace: Pace | null;
  readonly #users = new Map<number, VirtualUser>();
  /** Who was given up, until somebody else has the number. */
  readonly #gone = new Map<number, VirtualUser>();
  #unfinished: Unfinished[] = [];
  #running: ClosedExecutor | OpenExecutor | null = null;
  #stopped = false;

  constructor(world: World, index: number, { test, paced }: ScenarioJob) {
    this.world = world;
    this.test = test;
    this.#index = index;
    const before = world.job.scenarios.slice(0, index);
    this.#firstUser = before.reduce((sum, { users }) => sum + users, 0);
    this.#firstSlot = before.reduce((sum, { users }) => sum + countOf(world.part, users), 0);
    this.#pace = paced ? new Pace() : null;
    this.timeline = new Timeline(0, (window) => {
      this.#noteUnfinished(window);
      this.#noteWhoNeverBegan(window);
    });
  }

  /** Resolves when it could begin at once. */
  get ready(): Promise<void> {
    return this.#pace?.ready ?? Promise.resolve();
  }

  /** Runs a segment whose first ramp begins at `begin`, and says when all users have left. */
  async run(stages: readonly Stage[], begin: number): Promise<void> {
    const scheduled = schedule(stages, begin);
    for (const window of windowsOf(scheduled)) this.timeline.add(window);
    const isOpen = stages.some(({ model }) => model === 'open');
    this.#running = isOpen
      ? new OpenExecutor(this, scheduled, this.#pace!)
      : new ClosedExecutor(this, scheduled);
    if (this.#stopped) this.#running.stop();
    const end = await this.#running.run();
    this.#running = null;
    this.world.post({ type: 'joined', scenario: this.#index, end });
  }

  /** The segment that runs goes on in another way from `at` on. */
  follow(scheduled: readonly ScheduledStage[], at: number): void {
    this.timeline.follow(at, windowsOf(scheduled.filter(({ begin }) => begin >= at)));
    this.#running?.follow(scheduled);
  }

  /** The window that is open ends at `moment`: all threads have done their iterations. */
  cut(moment: number): void {
    this.timeline.cut(moment);
  }

  stop(): void {
    this.#stopped = true;
    this.timeline.cut(this.world.clock.now());
    this.#running?.stop();
  }

  /** The instance of the script of the thread's user number `n`: users of other scenarios have others. */
  instanceFor(n: number, agent: Agent): Promise<Suite> {
    return this.world.instances.of(this.#slotOf(n), agent);
  }

  /** What its instance of the script has set of its own. */
  ownFor(n: number): Own {
    return this.world.instances.ownOf(this.#slotOf(n));
  }

  /** The thread's user number `n`. */
  user(n: number): VirtualUser {
    const known = this.#users.get(n);
    if (known) return known;
    const made = new VirtualUser(this.#numberOf(n), n, this);
    this.#users.set(n, made);
    const gone = this.#gone.get(n);
    if (gone) made.succeed(gone);
    this.#gone.delete(n);
    return made;
  }

  /** Its iteration does not end. Somebody else takes the number, with an instance of the script of their own. */
  replace(user: VirtualUser, n: number): void {
    this.#gone.set(n, user);
    this.#users.delete(n);
    this.world.instances.drop(this.#slotOf(n));
  }

  /** Of the thread's instances of the script. Users beyond the plan come after those of all scenarios. */
  #slotOf(n: number): number {
    const { scenarios } = this.world.job;
    const planned = countOf(this.world.part, scenarios[this.#index]!.users);
    if (n < planned) return this.#firstSlot + n;
    const all = scenarios.reduce((sum, { users }) => sum + countOf(this.world.part, users), 0);
    return all + (n - planned) * scenarios.length + this.#index;
  }

  /** Of a user, over all shares and scenarios. */
  #numberOf(n: number): number {
    const { scenarios } = this.world.job;
    const { users: planned } = scenarios[this.#index]!;
    const number = memberOf(this.world.part, n);
    if (number < planned) return this.#firstUser + number;
    const all = scenarios.reduce((sum, { users }) => sum + users, 0);
    return all + (number - planned) * scenarios.length + this.#index;
  }

  takeUnfinished(): Unfinished[] {
    const taken = this.#unfinished;
    this.#unfinished = [];
    return taken;
  }

  /** Who came and was still kept from its first iteration at a window's end: a hook that hangs throws nothing. */
  #noteWhoNeverBegan(window: Window): void {
    for (const { user, comes } of this.attendance.close(window)) {
      const waited = spellDuration(Math.round((window.end - comes) / 1000) * 1000);
      user.hookFailed(new Error(`has not ended after ${waited}`));
    }
  }

  /** What is begun and not finished at a window's end, with its age: a hang must not be invisible. */
  #noteUnfinished({ stage, recorded, end }: Window): void {
    if (!recorded) return;
    const counts = new Map<
      string,
      { stage: number; kind: Unfinished['kind']; name: string; count: number; oldest: number }
    >();
    const add = (kind: Unfinished['kind'], name: string, begun: number, heard = begun) => {
      if (begun >= end) return;
      const known = counts.get(`${kind} ${name}`) ?? { stage, kind, name, count: 0, oldest: 0 };
      known.count += 1;
      known.oldest = Math.max(known.oldest, micros(end - heard));
      counts.set(`${kind} ${name}`, known);
    };
    for (const { agent, label, begun, body, iteration } of this.world.client.inFlight.begunBefore(end)) {
      const { owner } = agent;
      const last = body?.lastPart ?? 0;
      if (owner instanceof VirtualUser && owner.timeline === this.timeline && iteration)
        add('request', label.name, begun, last > end - STILL_COMES_MS ? Math.min(last, end) : begun);
    }
    for (const { running, steps, intended } of this.#users.values()) {
      if (running) add('test', running.fullName, intended);

      for (const running of steps as Set<Iteration>) add('step', running.fullName, running.begun);
    }
    this.#unfinished.push(...counts.values());
  }
}

/** What is counted apart: the stages but for their ramps. */
function windowsOf(scheduled: readonly ScheduledStage[]): Window[] {
  return scheduled
    .filter(({ stage, begin, end }) => stage.model !== 'pause' && begin < end)
    .map(({ stage, begin, end }) => ({ stage: stage.index, recorded: stage.recorded, begin, end }));
}
