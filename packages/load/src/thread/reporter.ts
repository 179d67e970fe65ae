import type { LoadSnapshot } from '@marteau/measure';
import { Health } from './health.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

const SECOND = 1000;
/** Between two looks at requests that have taken too long, ms. */
const EXPIRE_MS = 100;

const nothing = { offered: 0, started: 0, late: 0, dropped: 0, userFailures: 0 };

/** Hands in what the thread measured, every second of the run's clock. */
export class Reporter {
  readonly #world: World;
  readonly #scenarios: readonly Scenario[];
  readonly #health = new Health();
  /** All seconds before this one were handed in. */
  #through = 0;
  /** When the load was looked at last. */
  #loadAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(world: World, scenarios: readonly Scenario[]) {
    this.#world = world;
    this.#scenarios = scenarios;
  }

  start(): void {
    this.#health.take();
    this.#expiry = setInterval(() => this.#world.client.expire(), EXPIRE_MS);
    this.#plan();
  }

  /** Hands in the rest. */
  finish(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#expiry);
    const now = this.#world.clock.now();
    this.#report((Math.floor(now / SECOND) + 1) * SECOND);
  }

  #plan(): void {
    const now = this.#world.clock.now();
    const next = (Math.floor(now / SECOND) + 1) * SECOND;
    this.#timer = setTimeout(() => this.#second(), Math.max(1, next - now));
  }

  #second(): void {
    const now = this.#world.clock.now();
    // A timer may fire a little early, and what is handed in for a second twice is lost.
    if (now >= (this.#through + 1) * SECOND) this.#report(now);
    this.#plan();
  }

  /** Everything before `now` is complete: the timelines cut themselves at it, as far as it has come. */
  #report(now: number): void {
    const scenarios = this.#scenarios;
    const world = this.#world;
    for (const { timeline } of scenarios) timeline.turn(now);
    world.console.second();
    const through = Math.floor(now / SECOND);
    const load = this.#load(this.#through, through);
    this.#through = through;
    world.post({
      type: 'measured',
      through,
      snapshots: scenarios.flatMap(({ timeline }) => timeline.take()),
      unfinished: scenarios.flatMap((scenario) => scenario.takeUnfinished()),
      load,
      starts: scenarios.flatMap(({ attendance }) => attendance.take(Math.max(0, through - 1))),
      failures: world.failures.take(),
    });
  }

  /**
   * What there is to say of the load and the thread since the last report. Where the thread was too busy to report,
   * it was so in each of the seconds from `from` on; what was counted meanwhile is put down to the last one.
   */
  #load(from: number, through: number): LoadSnapshot[] {
    const { users, offered, started, late, dropped, userFailures, between, client } = this.#world;
    Object.assign(this.#world, nothing, { between: 0 });
    const now = this.#world.clock.now();
    const usersTime = users * (now - this.#loadAt);
    this.#loadAt = now;
    const state = {
      users,
      between: usersTime > 0 ? Math.min(1, between / usersTime) : 0,
      sockets: client.sockets,
      ...(client.hasStreams ? { streams: client.streams } : {}),
      ...this.#health.take(),
    };
    const counts = { offered, started, late, dropped, userFailures };
    return Array.from({ length: through - from }, (_, i) => {
      const second = from + i;
      return { second, ...state, ...(second === through - 1 ? counts : nothing) };
    });
  }
}
