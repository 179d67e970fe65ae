import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricKind, MetricUnit } from '@marteau/measure';
import type { DataSet } from '../script/data/data-set.ts';
import type { Host, RoundTrip } from '../script/extras/host.ts';
import type { Iteration } from '../script/iteration.ts';
import { scopes } from '../script/scope.ts';
import { Thought } from '../script/thought.ts';
import { knownSockets } from '../websocket/known-sockets.ts';
import { pingOf } from '../websocket/ping.ts';
import { SocketMetrics } from '../websocket/socket-metrics.ts';

import { noteCheck } from './note-failure.ts';
import { timed } from './timed.ts';
import type { VirtualUser } from './virtual-user.ts';

/** What the extras of a script do for one user; made for those who use them. */
export class UserHost implements Host {
  readonly #user: VirtualUser;
  readonly #rows = new Map<DataSet, unknown>();

  constructor(user: VirtualUser) {
    this.#user = user;
  }

  get user(): number {
    return this.#user.number;
  }

  get iteration(): number {
    return Math.max(0, this.#user.iterations);
  }

  row(name: string): unknown {
    const { data } = this.#user.world;
    const set = data.get(name);
    if (!set) {
      const known = [...data.keys()].map((each) => `'${each}'`).join(', ') || 'none';
      throw new Error(`.marteau.yml has no data set '${name}'. Under \`data\` it has: ${known}`);
    }
    if (this.#rows.has(set)) return this.#rows.get(set);
    if (this.#user.gone) throw new Error('the load has ended, and others have the rows');
    if (set.per === 'iteration' && !this.#user.running) {
      throw new Error(
        `the data set '${name}' has a row for each iteration: ask for it in a test, or say \`per: user\``,
      );
    }
    const row = set.take();
    this.#rows.set(set, row);
    return row;
  }

  /** The time is taken off what the test and its steps count as theirs. */
  async think(ms: number): Promise<void> {
    const user = this.#user;
    if (user.isOpen) {
      user.world.note('think() was left out: in an open model the plan alone says when iterations begin.');
      return;
    }
    const { now } = user.world.clock;
    const iterations: Iteration[] = [];
    for (let iteration = scopes.getStore()?.running ?? null; iteration; iteration = iteration.parent)
      iterations.push(iteration);
    const begin = now();
    for (const iteration of iterations) {
      iteration.thought ??= new Thought();
      iteration.thought.begin(begin);
    }
    await sleep(ms);
    const end = now();
    for (const iteration of iterations) iteration.begun += iteration.thought!.end(end);
  }

  labelled<T>(name: string, work: () => T, kind?: string): T {
    const { agent } = this.#user;
    const scope = { agent, suite: null, running: scopes.getStore()?.running ?? null, label: name };
    return scopes.run(scope, kind === undefined ? work : () => timed(this.#user, { kind, name }, work));
  }

  add(kind: MetricKind, name: string, unit: MetricUnit, value: number): void {
    const { world, timeline, gone } = this.#user;
    const metric = world.metrics.of(kind, name, unit);
    if (gone) return;
    const now = world.clock.now();
    if (now >= timeline.next) timeline.turn(now);
    timeline.metrics.add(metric, value);
  }

  /** From the last message that was sent; by sockets of others, from now. */
  roundTrip(socket: object): RoundTrip {
    const user = this.#user;
    const { client, clock } = user.world;
    const own = knownSockets.get(socket);
    const metrics = own?.metrics ?? new SocketMetrics(client.kinds.of('ws', this.#labelOf(socket)));
    const sending = own?.lastSent ?? { at: clock.now() };
    return {
      end: (isAnswered) => {
        if (isAnswered) user.measured(metrics.roundTrip, (clock.now() - (sending.at || clock.now())) * 1000);
        user.measured(metrics.errors, isAnswered ? 0 : 1);
      },
    };
  }

  ping(socket: object): Promise<number | null> | null {
    return pingOf(socket, this.#user.world.clock.now);
  }

  #labelOf(socket: object): string {
    const { routes } = this.#user.world.client;
    const url = 'url' in socket ? String(socket.url).replace(/^ws/, 'http') : '/';
    return scopes.getStore()?.label ?? (URL.canParse(url) ? routes.of(url).label('GET').name : 'a socket');
  }

  failed(check: string, stack: string): void {
    if (!this.#user.gone) noteCheck(this.#user, check, stack);
  }

  /** The rows for life of a user who was given up are those of whoever has its number now. */
  inherit(from: UserHost): void {
    for (const [set, row] of from.#rows) if (set.per === 'user') this.#rows.set(set, row);
  }

  /** The rows of the iteration are somebody else's now. */
  endIteration(): void {
    for (const [set, row] of this.#rows) {
      if (set.per === 'user') continue;
      this.#rows.delete(set);
      set.giveBack(row);
    }
  }
}
