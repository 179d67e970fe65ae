import type { ScheduledStage } from '@marteau/measure';
import { wakeUps } from '../count/wake-ups.ts';
import { type OpenStage, openStages } from '../plan/due-arrivals.ts';
import { type Arrival, GroupedArrivals } from '../plan/grouped-arrivals.ts';
import { Waits } from '../plan/waits.ts';
import { AFTER_MS, comeAgainMs, GRACE_MS, GRACE_WHEN_STOPPED_MS } from './graces.ts';
import { LEAD_MS, type Pace } from './pace.ts';
import type { Scenario } from './scenario.ts';
import type { VirtualUser } from './virtual-user.ts';

/** What is heard of later than this is late: the generator was busy with something else. ms */
const LATE_MS = 10;
/** Idle users that are kept ready: as many as arrive in this time, and at least so many. */
const SPARE_MS = 50;
const FEWEST_SPARE = 2;
/** So many load their instance of the script at once: were it all who are wanted, nothing else would happen meanwhile. */
const MOST_LOADING = 2;

/**
 * Iterations that begin when the plan says so, however long those before them take: the open model. Whoever is idle
 * serves the next arrival. While all are busy it waits for whoever is free or has come first, of as many users as there
 * may be at most; beyond that a start is dropped.
 */
export class OpenExecutor {
  readonly #scenario: Scenario;
  readonly #pace: Pace;
  readonly #waits: Waits;
  #stages: readonly OpenStage[];
  readonly #arrivals: GroupedArrivals;
  readonly #all: VirtualUser[] = [];
  readonly #idle: VirtualUser[] = [];
  /** Arrivals that wait for a user, the earliest first. */
  readonly #waiting: Arrival[] = [];
  /** Users on their way; of these, who are loading their instance of the script. */
  #coming = 0;
  #loading = 0;
  /** Users who could not come so far, because something threw. */
  #failing = 0;
  #busy = 0;
  /** Nothing is started any more; what waited then was dropped. */
  #closed = false;
  /** Everybody has left; what is still heard of an iteration came too late. */
  #over = false;
  #end: number;
  #grace = GRACE_MS;

  constructor(scenario: Scenario, scheduled: readonly ScheduledStage[], pace: Pace) {
    this.#scenario = scenario;
    this.#pace = pace;
    this.#waits = new Waits(scenario.world.clock.now);
    this.#stages = openStages(scheduled, scenario.world.job.threadShare);
    this.#arrivals = new GroupedArrivals(this.#stages);
    this.#end = scheduled.at(-1)!.end;
  }

  /** Resolves when all users have left, with the moment at which the load was over. */
  async run(): Promise<number> {
    this.#bring();
    this.#pace.begin(this.#stages, this.#scenario.world.clock.zero, () => this.#woken());
    await this.#waits.until(() => this.#end);
    this.#pace.end();
    this.#arrive();
    this.#closed = true;
    this.#drop(this.#waiting);
    await this.#waits.until(() => (this.#busy === 0 ? 0 : this.#end + this.#grace));
    await this.#leave();
    return this.#end;
  }

  /** The segment goes on in another way. */
  follow(scheduled: readonly ScheduledStage[]): void {
    if (this.#closed) return;
    const { world } = this.#scenario;
    this.#stages = openStages(scheduled, world.job.threadShare);
    this.#arrivals.follow(this.#stages);
    this.#end = scheduled.at(-1)!.end;
    this.#pace.begin(this.#stages, world.clock.zero, () => this.#woken(), this.#now);
    this.#waits.look();
  }

  /** Everybody goes now. */
  stop(): void {
    this.#end = Math.min(this.#end, this.#now);
    this.#grace = GRACE_WHEN_STOPPED_MS;
    this.#waits.look();
  }

  /** Notes how long it took to be woken: by so much, too, what is read from sockets may be late. */
  #woken(): void {
    const { world, timeline } = this.#scenario;
    const { next } = this.#arrivals;
    const now = this.#now;
    const late = next ? now - (next.due - LEAD_MS) : Number.NEGATIVE_INFINITY;
    if (late >= 0) {
      if (now >= timeline.next) timeline.turn(now);
      timeline.metrics.add(wakeUps(world.client.kinds), late * 1000);
    }
    this.#arrive();
  }

  /** Starts all that has become due. */
  #arrive(): void {
    const { world, attendance } = this.#scenario;
    const arrivals = this.#arrivals;
    let until = Math.min(this.#now + LEAD_MS, this.#end);
    for (let arrival = arrivals.next; arrival && arrival.due <= until; arrival = arrivals.next) {
      const { due, stage } = arrival;
      while (this.#now < due);
      arrivals.advance();
      world.offered += 1;
      attendance.planned(stage.index);
      if (this.#busy + this.#waiting.length >= stage.users || this.#nobodyCame) this.#drop([arrival]);
      else {
        if (this.#now - due > LATE_MS) world.late += 1;
        this.#waiting.push(arrival);
      }
      if (arrivals.next?.due !== due) until = Math.min(this.#now + LEAD_MS, this.#end);
    }
    this.#start();
    this.#bring();
  }

  #drop(arrivals: readonly Arrival[]): void {
    const { world, attendance } = this.#scenario;
    world.dropped += arrivals.length;
    for (const { stage } of arrivals) attendance.dropped(stage.index);
  }

  /** Arrivals and idle users find each other. */
  #start(): void {
    while (this.#waiting.length > 0 && this.#idle.length > 0)
      this.#serve(this.#idle.pop()!, this.#waiting.shift()!);
  }

  /** Has as many users come as are waited for and may be needed next. */
  #bring(): void {
    const { rate, users, part } = this.#arrivals.stage;
    const perSecond = Math.max(rate.from, rate.to) / part.stride;
    const spare = Math.max(FEWEST_SPARE, Math.ceil((perSecond * SPARE_MS) / 1000));
    const wanted = this.#waiting.length + spare - this.#idle.length - this.#coming - this.#failing;
    const missing = Math.min(wanted, MOST_LOADING - this.#loading, users - this.#all.length);
    for (let i = 0; i < missing; i += 1) this.#come();
  }

  /** Another user comes. */
  async #come(): Promise<void> {
    const user = this.#scenario.user(this.#all.length);
    this.#all.push(user);
    const visit = this.#scenario.attendance.comes(user, this.#now);
    this.#coming += 1;
    this.#loading += 1;
    const loaded = await user.load();
    this.#loading -= 1;
    this.#bring();
    let came = loaded && (await user.come());
    this.#coming -= 1;
    if (!came) {
      visit.failed = true;
      came = await this.#comeAgain(user);
    }
    if (came) visit.begins = this.#now;
    if (!came || this.#closed) return;
    this.#idle.push(user);
    this.#start();
  }

  /** Tries until it has come, which it gives back, or the load is over. */
  async #comeAgain(user: VirtualUser): Promise<boolean> {
    this.#failing += 1;
    let came = false;
    for (let tries = 1; !came && this.#now < this.#end; tries += 1) {
      if (this.#nobodyCame) this.#drop(this.#waiting.splice(0));
      const again = this.#now + comeAgainMs(tries);
      await this.#waits.until(() => Math.min(again, this.#end));
      came = this.#now < this.#end && (await user.come());
    }
    this.#failing -= 1;
    return came;
  }

  /** Whoever wanted to come could not: nobody is there to wait for. */
  get #nobodyCame(): boolean {
    return this.#failing > 0 && this.#failing === this.#all.length;
  }

  async #serve(user: VirtualUser, { due, number }: Arrival): Promise<void> {
    const { world } = this.#scenario;
    this.#busy += 1;
    world.users += 1;
    await user.iterate(due, number);
    if (this.#over) return;
    this.#busy -= 1;
    world.users -= 1;
    if (!this.#closed) {
      this.#idle.push(user);
      this.#start();
    } else if (this.#busy === 0) this.#waits.look();
  }

  async #leave(): Promise<void> {
    const left = this.#now;
    const gone = Promise.all(this.#all.map((user) => user.leave()));
    await Promise.race([gone, this.#waits.until(() => left + AFTER_MS)]);
    for (const user of this.#all) {
      user.isLeft();
      user.close();
    }
    this.#over = true;
    this.#scenario.world.users -= this.#busy;
  }

  get #now(): number {
    return this.#scenario.world.clock.now();
  }
}
