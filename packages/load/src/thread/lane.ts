import type { Unfinished } from '@marteau/measure';
import type { Step } from '@marteau/shared';
import { micros } from '../count/tally.ts';
import { Timeline, type Window } from '../count/timeline.ts';
import type { Agent } from '../fetch/agent.ts';
import { countOf, memberOf } from '../plan/portion.ts';
import { layOut } from '../plan/stretch.ts';
import type { Suite } from '../script/definition.ts';
import type { Passage } from '../script/passage.ts';
import { ClosedStretch } from './closed-stretch.ts';
import type { LaneJob } from './messages.ts';
import { OpenStretch } from './open-stretch.ts';
import { Pace } from './pace.ts';
import { User } from './user.ts';
import type { World } from './world.ts';

/** One lane of the plan in this thread: its time, its users, the stretch that runs. */
export class Lane {
  readonly world: World;
  /** The one test that it runs; null for all. */
  readonly test: string | null;
  readonly timeline: Timeline;
  readonly #index: number;
  /** Users of the lanes before it: over all shares, and in this thread. */
  readonly #firstUser: number;
  readonly #firstSlot: number;
  /** Null where nothing begins at a rate. */
  readonly #pace: Pace | null;
  readonly #users = new Map<number, User>();
  /** Who was given up, until somebody else has the number. */
  readonly #gone = new Map<number, User>();
  #unfinished: Unfinished[] = [];
  #running: ClosedStretch | OpenStretch | null = null;
  #stopped = false;

  constructor(world: World, index: number, { test, paced }: LaneJob) {
    this.world = world;
    this.test = test;
    this.#index = index;
    const before = world.job.lanes.slice(0, index);
    this.#firstUser = before.reduce((sum, { users }) => sum + users, 0);
    this.#firstSlot = before.reduce((sum, { users }) => sum + countOf(world.portion, users), 0);
    this.#pace = paced ? new Pace() : null;
    this.timeline = new Timeline(0, (window) => this.#noteUnfinished(window));
  }

  /** Resolves when it could begin at once. */
  get ready(): Promise<void> {
    return this.#pace?.ready ?? Promise.resolve();
  }

  /** Runs a stretch whose first ramp begins at `begin`, and says when all users have left. */
  async run(steps: readonly Step[], begin: number): Promise<void> {
    const laid = layOut(steps, begin);
    for (const { step, begin, end } of laid) {
      if (step.model !== 'pause')
        this.timeline.add({ stage: step.index, recorded: step.recorded, begin, end });
    }
    const isOpen = steps.some(({ model }) => model === 'open');
    this.#running = isOpen ? new OpenStretch(this, laid, this.#pace!) : new ClosedStretch(this, laid);
    if (this.#stopped) this.#running.stop();
    const end = await this.#running.run();
    this.#running = null;
    this.world.post({ type: 'joined', lane: this.#index, end });
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

  /** The instance of the script of the thread's user number `n`: users of other lanes have others. */
  instanceFor(n: number, agent: Agent): Promise<Suite> {
    return this.world.instances.of(this.#slotOf(n), agent);
  }

  /** The thread's user number `n`. */
  user(n: number): User {
    const known = this.#users.get(n);
    if (known) return known;
    const made = new User(this.#firstUser + memberOf(this.world.portion, n), this.world, this.timeline);
    this.#users.set(n, made);
    const gone = this.#gone.get(n);
    if (gone) made.succeed(gone);
    this.#gone.delete(n);
    return made;
  }

  /** Its iteration does not end. Somebody else takes the number, with an instance of the script of their own. */
  giveUp(user: User, n: number): void {
    user.giveUp();
    this.#gone.set(n, user);
    this.#users.delete(n);
    this.world.instances.drop(this.#slotOf(n));
  }

  #slotOf(n: number): number {
    return this.#firstSlot + n;
  }

  takeUnfinished(): Unfinished[] {
    const taken = this.#unfinished;
    this.#unfinished = [];
    return taken;
  }

  /** What is begun and not finished at a window's end, with its age: a hang must not be invisible. */
  #noteUnfinished({ stage, recorded, end }: Window): void {
    if (!recorded) return;
    const counts = new Map<
      string,
      { stage: number; kind: Unfinished['kind']; name: string; count: number; oldest: number }
    >();
    const add = (kind: Unfinished['kind'], name: string, begun: number) => {
      if (begun >= end) return;
      const known = counts.get(`${kind} ${name}`) ?? { stage, kind, name, count: 0, oldest: 0 };
      known.count += 1;
      known.oldest = Math.max(known.oldest, micros(end - begun));
      counts.set(`${kind} ${name}`, known);
    };
    for (const { agent, label, begun, occasion } of this.world.client.inFlight.begunBefore(end)) {
      const { owner } = agent;
      if (owner instanceof User && owner.timeline === this.timeline && occasion)
        add('request', label.name, begun);
    }
    for (const { passage, steps, intended } of this.#users.values()) {
      if (passage) add('test', passage.fullName, intended);
      for (const running of steps as Set<Passage>) add('step', running.fullName, running.begun);
    }
    this.#unfinished.push(...counts.values());
  }
}
