import { DueArrivals, type OpenStep, openSteps } from '../plan/due-arrivals.ts';
import type { Laid } from '../plan/stretch.ts';
import { Waits } from '../plan/waits.ts';
import { AFTER_MS, COME_AGAIN_MS, GRACE_MS, GRACE_WHEN_STOPPED_MS } from './graces.ts';
import type { Lane } from './lane.ts';
import type { Pace } from './pace.ts';
import { Visitor } from './visitor.ts';

/** Starts later than this are late: the generator's fault, for whom all others wait is dropped. ms */
const LATE_MS = 10;
/** Idle users that are kept ready: as many as arrive in this time, and at least so many. */
const SPARE_MS = 50;
const FEWEST_SPARE = 2;

/** A start that the plan wants. */
interface Arrival {
  /** ms of the run's clock. */
  readonly due: number;
  /** In its step, over all shares. */
  readonly number: number;
}

/**
 * Iterations that begin when the plan says so, however long those before them take: the open model. Whoever is idle
 * serves the next arrival; while all are busy another user comes, up to the most; beyond that a start is dropped.
 */
export class OpenStretch {
  readonly #lane: Lane;
  readonly #pace: Pace;
  readonly #waits: Waits;
  readonly #steps: readonly OpenStep[];
  readonly #arrivals: DueArrivals;
  readonly #all: Visitor[] = [];
  readonly #idle: Visitor[] = [];
  /** Users on their way whom no arrival waits for. */
  #coming = 0;
  #busy = 0;
  /** Arrivals that wait for somebody who is on the way. */
  #awaited = 0;
  /** Nothing is started any more; what was awaited then was dropped. */
  #closed = false;
  /** Everybody has left; what is still heard of an iteration came too late. */
  #over = false;
  #end: number;
  #grace = GRACE_MS;

  constructor(lane: Lane, laid: readonly Laid[], pace: Pace) {
    this.#lane = lane;
    this.#pace = pace;
    this.#waits = new Waits(lane.world.clock.now);
    this.#steps = openSteps(laid, lane.world.job.seat);
    this.#arrivals = new DueArrivals(this.#steps);
    this.#end = laid.at(-1)!.end;
  }

  /** Resolves when all users have left, with the moment at which the load was over. */
  async run(): Promise<number> {
    this.#keepSpare();
    this.#pace.begin(this.#steps, this.#lane.world.clock.zero, () => this.#arrive());
    await this.#waits.until(() => this.#end);
    this.#pace.end();
    this.#arrive();
    this.#closed = true;
    this.#lane.world.dropped += this.#awaited;
    await this.#waits.until(() => (this.#busy === 0 ? 0 : this.#end + this.#grace));
    await this.#leave();
    return this.#end;
  }

  /** Everybody goes now. */
  stop(): void {
    this.#end = Math.min(this.#end, this.#now);
    this.#grace = GRACE_WHEN_STOPPED_MS;
    this.#waits.look();
  }

  /** Starts all that has become due. */
  #arrive(): void {
    const { world } = this.#lane;
    const arrivals = this.#arrivals;
    for (; arrivals.due <= Math.min(this.#now, this.#end); arrivals.advance()) {
      const { due, number, step } = arrivals;
      world.offered += 1;
      const visitor = this.#busy < step.users ? this.#idle.pop() : undefined;
      if (visitor) this.#serve(visitor, { due, number });
      else if (this.#all.length < step.users) this.#bring({ due, number });
      else world.dropped += 1;
    }
    this.#keepSpare();
  }

  /** Somebody comes; for an arrival that waits, or to be ready. */
  async #bring(arrival: Arrival | null): Promise<void> {
    const visitor = new Visitor(this.#lane, this.#all.length);
    this.#all.push(visitor);
    let waiting = arrival;
    if (waiting) this.#awaited += 1;
    else this.#coming += 1;
    while (!(await visitor.come())) {
      if (this.#closed) return;
      if (waiting) {
        this.#awaited -= 1;
        this.#coming += 1;
        this.#lane.world.dropped += 1;
        waiting = null;
      }
      const again = this.#now + COME_AGAIN_MS;
      await this.#waits.until(() => Math.min(again, this.#end));
      if (this.#now >= this.#end) return;
    }
    if (this.#closed) return;
    if (waiting) {
      this.#awaited -= 1;
      this.#serve(visitor, waiting);
    } else {
      this.#coming -= 1;
      this.#idle.push(visitor);
    }
  }

  async #serve(visitor: Visitor, { due, number }: Arrival): Promise<void> {
    const { world } = this.#lane;
    if (this.#now - due > LATE_MS) world.late += 1;
    this.#busy += 1;
    world.users += 1;
    await visitor.iterate(due, number);
    if (this.#over) return;
    this.#busy -= 1;
    world.users -= 1;
    if (!this.#closed) this.#idle.push(visitor);
    else if (this.#busy === 0) this.#waits.look();
  }

  #keepSpare(): void {
    const { rate, users, portion } = this.#arrivals.step;
    const perSecond = Math.max(rate.from, rate.to) / portion.stride;
    const wanted = Math.max(FEWEST_SPARE, Math.ceil((perSecond * SPARE_MS) / 1000));
    const missing = Math.min(wanted - this.#idle.length - this.#coming, users - this.#all.length);
    for (let i = 0; i < missing; i += 1) this.#bring(null);
  }

  async #leave(): Promise<void> {
    const left = this.#now;
    const gone = Promise.all(this.#all.map((visitor) => visitor.leave()));
    await Promise.race([gone, this.#waits.until(() => left + AFTER_MS)]);
    for (const visitor of this.#all) visitor.close();
    this.#over = true;
    this.#lane.world.users -= this.#busy;
  }

  get #now(): number {
    return this.#lane.world.clock.now();
  }
}
