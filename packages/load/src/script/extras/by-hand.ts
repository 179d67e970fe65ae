import { after, afterEach, beforeEach, getTestContext } from 'node:test';
import type { MetricKind, MetricUnit } from '@marteau/measure';
import { Labels } from '../../count/labels.ts';
import { Metrics } from '../../count/metrics.ts';
import { eventSourceFor } from '../../event-source/event-source.ts';
import { Agent } from '../../fetch/agent.ts';
import { Client } from '../../fetch/client.ts';
import { fetchFor } from '../../fetch/fetch.ts';
import { proxySettings } from '../../fetch/proxy.ts';
import { pingOf } from '../../websocket/ping.ts';
import { webSocketFor } from '../../websocket/web-socket.ts';
import { DataSet } from '../data/data-set.ts';
import { readData } from '../data/read-data.ts';
import { type Host, type RoundTrip, setHost } from './host.ts';
import { type Project, readProject } from './project.ts';

/**
 * The extras for a test that is tried by hand, with `node --import marteau --test`: what plain Node lacks comes along.
 * `fetch` knows the target and keeps cookies, and data sets are those of `.marteau.yml`. There is one user, and every
 * test is an iteration. Nothing is measured.
 */

export * from './index.ts';

const EXPIRE_MS = 100;

/** One user who runs each test once. */
class HostByHand implements Host {
  readonly user = 0;
  iteration = 0;
  readonly #project: Project;
  readonly #metrics = new Metrics();
  readonly #sets = new Map<string, DataSet>();
  readonly #rows = new Map<string, unknown>();

  constructor(project: Project) {
    this.#project = project;
  }

  row(name: string): unknown {
    const { data, root } = this.#project;
    const file = data[name];
    if (!file)
      throw new Error(
        `.marteau.yml has no data set '${name}': it has ${Object.keys(data).join(', ') || 'none'}`,
      );
    let set = this.#sets.get(name);
    if (!set) {
      const { rows, ...use } = readData({ [name]: file }, root, null)[name]!;
      set = new DataSet(name, use, rows);
      this.#sets.set(name, set);
    }
    if (!this.#rows.has(name)) this.#rows.set(name, set.take());
    return this.#rows.get(name);
  }

  /** Whoever tries a test wants to see its end. */
  async think(): Promise<void> {}

  labelled<T>(_name: string, work: () => T): T {
    return work();
  }

  /** Mistakes are told as they would be under load. */
  add(kind: MetricKind, name: string, unit: MetricUnit): void {
    this.#metrics.of(kind, name, unit);
  }

  roundTrip(): RoundTrip {
    return { end() {} };
  }

  ping(socket: object): Promise<number | null> | null {
    return pingOf(socket, () => performance.now());
  }

  failed(check: string): void {
    getTestContext()?.diagnostic(`check: ${check} did not hold`);
  }

  /** The next test is another iteration. */
  endIteration(): void {
    this.iteration += 1;
    for (const [name, row] of this.#rows) {
      const set = this.#sets.get(name)!;
      if (set.per === 'user') continue;
      this.#rows.delete(name);
      set.giveBack(row);
    }
  }
}

function begin(): void {
  const project = readProject(process.cwd(), process.env);
  const host = new HostByHand(project);
  const { target, requestTimeoutMs, labels, tls, session } = project;
  const options = { target, requestTimeoutMs, labels, tls, userAgent: 'Marteau/by-hand', mark: null };
  const proxies = proxySettings(process.env);
  const client = new Client({ ...options, proxies }, new Labels(), () => performance.now());
  const agent = new Agent(client, { exchanged() {} });
  setHost(() => host);
  globalThis.fetch = fetchFor(() => ({ agent }));
  globalThis.WebSocket = webSocketFor(() => ({ agent }));
  globalThis.EventSource = eventSourceFor(() => ({ agent }));
  setInterval(() => client.expire(), EXPIRE_MS).unref();
  /** The test that runs; its subtests have the same hooks. */
  let running: string | null | undefined;
  beforeEach(({ fullName }) => {
    if (typeof running === 'string') return;
    // What `before` of the file has put there is what every iteration begins with.
    if (session === 'iteration') {
      if (running === undefined) agent.rememberCookies();
      else agent.forgetCookies();
    }
    running = fullName;
  });
  afterEach(({ fullName }) => {
    if (running !== fullName) return;
    running = null;
    host.endIteration();
  });
  // Kept connections would keep the process from ending.
  after(() => agent.close({ code: 'aborted', message: 'the tests are over' }));
}

begin();
