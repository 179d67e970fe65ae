import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Receive } from '@marteau/net';
import { draw } from '@marteau/shared';
import { type Address, formatAddress, parseAddress } from '../address.ts';
import type { ChaosEvents } from '../events.ts';
import { findProtocol } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { thereAre, unknown, wrong } from '../wrong.ts';
import type { BehaviorSetting } from './behavior-setting.ts';
import { Connection, type Surroundings } from './connection.ts';
import { accepted, callBackend, type UpstreamTls } from './endpoint.ts';
import { type Listener, listen } from './listener.ts';
import {
  type Behaviors,
  type PreparedBehavior,
  prepareBehavior,
  type ShownSetting,
  sideBySide,
} from './setting.ts';
import { readStandstill } from './standstill.ts';

// Above 250 lines: one proxy from its start to its end; connections and behaviors are told of by it alone.

export interface ProxyOptions {
  name: string;
  /** `127.0.0.1:0` takes a free port. */
  listen: string;
  upstream: string;
  /** `tcp` unless given. */
  protocol?: string;
  /** The same seed breaks the same requests; 0 unless given. */
  seed?: number;
  behaviors?: readonly BehaviorSetting[];
  /** Whether it listens; true unless given. */
  enabled?: boolean;
  /** TLS that ends at the proxy: certificate and key as PEM. */
  tls?: { cert: string; key: string };
  upstreamTls?: UpstreamTls;
  /**
   * How long one side may stand still while a request that gets an error waits for it: ms, or a duration such as 1s;
   * 1 s unless given.
   */
  standstill?: number | string;
  /** Connections that may wait to be accepted; 8192 unless given. */
  backlog?: number;
}

/** Listens in a backend's place, and breaks things on purpose. */
export class ChaosProxy {
  readonly name: string;
  readonly protocol: Protocol;
  readonly seed: number;
  /** Since it was started; bytes are those of connections that are over, to the backend and to the client. */
  readonly counts = { connections: 0, up: 0, down: 0, faults: new Map<string, number>() };
  readonly #events: ChaosEvents;
  readonly #backlog: number;
  readonly #standstill: number;
  readonly #tls: SecureContext | undefined;
  readonly #upstreamTls: UpstreamTls | undefined;
  readonly #connections = new Set<Connection>();
  readonly #leases = new Map<string, NodeJS.Timeout>();
  #address: Address;
  #backend: Address;
  #isEnabled: boolean;
  #listener: Listener | null = null;
  #listening: Promise<void> = Promise.resolve();
  #active: Behaviors = { prepared: [], ranges: [] };
  #accepts = 0;

  /** It does not listen yet: `ChaosProxy.start` makes one that does. */
  constructor(options: ProxyOptions, events: ChaosEvents) {
    if (!/^[\w.-]{1,100}$/.test(options.name)) {
      throw wrong(`'${options.name}' cannot be a proxy’s name. Write letters, digits, dots, - and _.`);
    }
    this.name = options.name;
    this.protocol = findProtocol(options.protocol ?? 'tcp');
    this.seed = readSeed(options.seed ?? 0);
    this.#events = events;
    this.#backlog = options.backlog ?? 8192;
    this.#standstill = readStandstill(options.standstill);
    this.#address = parseAddress(options.listen);
    this.#backend = parseAddress(options.upstream);
    this.#isEnabled = options.enabled ?? true;
    this.#tls = options.tls && createSecureContext(options.tls);
    this.#upstreamTls = options.upstreamTls;
  }

  /**
   * Starts a proxy.
   * @throws chaos-wrong for options that cannot be, chaos-taken and chaos-not-listening when it cannot listen
   */
  static async start(options: ProxyOptions, events: ChaosEvents): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(options, events);
    await proxy.setBehaviors(options.behaviors ?? []);
    return proxy;
  }

  /** Where it listens, with its real port. */
  get listen(): string {
    return formatAddress(this.#address);
  }

  get upstream(): string {
    return formatAddress(this.#backend);
  }

  get enabled(): boolean {
    return this.#isEnabled;
  }

  /** Open connections. */
  get open(): number {
    return this.#connections.size;
  }

  /** What it does, in order. */
  get behaviors(): ShownSetting[] {
    return this.#active.prepared.map(({ shown }) => shown);
  }

  /** Bytes that passed to the backend and to the client, those of open connections included. */
  get bytes(): { up: number; down: number } {
    let { up, down } = this.counts;
    for (const connection of this.#connections) {
      up += connection.up.bytes;
      down += connection.down.bytes;
    }
    return { up, down };
  }

  /** Replaces all behaviours at once. One that is as it was goes on where it is. */
  async setBehaviors(settings: readonly BehaviorSetting[]): Promise<void> {
    await this.#change(settings.map((setting) => prepareBehavior(setting, this.protocol)));
  }

  /**
   * Adds one behind the others.
   * @param lease ms after which it goes by itself, unless it is renewed
   */
  async addBehavior(setting: BehaviorSetting, lease?: number): Promise<void> {
    const added = prepareBehavior(setting, this.protocol);
    await this.#change([...this.#active.prepared, added]);
    this.#renew(added.name, lease);
  }

  /** Changes what is given of one; its place in the order and its draws stay. */
  async updateBehavior(name: string, patch: Partial<BehaviorSetting>, lease?: number): Promise<void> {
    const old = this.#find(name);
    const options = { ...old.shown.options, ...patch.options };
    const setting = { ...old.shown, ...patch, options, name, behavior: old.behavior.name };
    const updated = prepareBehavior(setting, this.protocol);
    await this.#change(this.#active.prepared.map((one) => (one === old ? updated : one)));
    this.#renew(name, lease);
  }

  async removeBehavior(name: string): Promise<void> {
    const old = this.#find(name);
    await this.#change(this.#active.prepared.filter((one) => one !== old));
  }

  /** Where the backend is; open connections stay where they are. */
  setUpstream(upstream: string): void {
    this.#backend = parseAddress(upstream);
  }

  /** Moves to another address; open connections stay. */
  async setListen(address: string): Promise<void> {
    const wanted = parseAddress(address);
    if (formatAddress(wanted) === this.listen) return;
    const before = this.#address;
    await this.#unlisten();
    this.#address = wanted;
    try {
      await this.#settle();
    } catch (error) {
      this.#address = before;
      await this.#settle();
      throw error;
    }
  }

  /** False: it stops listening, and open connections are closed. */
  async setEnabled(enabled: boolean): Promise<void> {
    this.#isEnabled = enabled;
    await this.#settle();
  }

  /** Stops for good. */
  async stop(): Promise<void> {
    for (const timer of this.#leases.values()) clearTimeout(timer);
    await this.setEnabled(false);
    for (const connection of [...this.#connections]) connection.reset();
  }

  #find(name: string): PreparedBehavior {
    const found = this.#active.prepared.find((one) => one.name === name);
    if (found) return found;
    const names = this.#active.prepared.map((one) => one.name);
    const there = names.length === 0 ? 'It has none.' : thereAre('It has', names, name);
    throw unknown(`Proxy ${this.name} has no behaviour '${name}'. ${there}`);
  }

  async #change(wanted: readonly PreparedBehavior[]): Promise<void> {
    const before = new Map(this.#active.prepared.map((one) => [JSON.stringify(one.shown), one]));
    // One that is as it was is the same one, with its schedule and its counts.
    const prepared = wanted.map((one) => before.get(JSON.stringify(one.shown)) ?? one);
    this.#active = sideBySide(prepared);
    for (const [name, timer] of this.#leases) {
      if (prepared.some((one) => one.name === name)) continue;
      clearTimeout(timer);
      this.#leases.delete(name);
    }
    for (const connection of this.#connections) connection.apply(this.#active);
    await this.#settle();
  }

  #renew(name: string, lease: number | undefined): void {
    if (lease === undefined) return;
    clearTimeout(this.#leases.get(name));
    const end = () => void this.removeBehavior(name).catch(() => {}); // somebody took it off meanwhile
    this.#leases.set(name, setTimeout(end, lease).unref());
  }

  /** Listens or not, as it should by now; one change after the other. */
  #settle(): Promise<void> {
    const settled = this.#listening.then(async () => {
      const wanted =
        this.#isEnabled && !this.#active.prepared.some(({ behavior }) => behavior.stopsListening);
      if (!wanted) await this.#closeAll();
      else if (this.#listener === null) {
        this.#listener = await listen(this.#address, this.#backlog, (socket) => this.#accept(socket));
        this.#address = this.#listener.address;
      }
    });
    this.#listening = settled.catch(() => {});
    return settled;
  }

  async #closeAll(): Promise<void> {
    await this.#unlisten();
    for (const { behavior } of this.#active.prepared) {
      if (!behavior.stopsListening) continue;
      this.#tell({ behavior: behavior.name, connection: 0, exchange: null, detail: 'does not listen' });
    }
    for (const connection of [...this.#connections]) connection.close();
  }

  async #unlisten(): Promise<void> {
    const listener = this.#listener;
    this.#listener = null;
    await listener?.close();
  }

  #accept(socket: Socket): void {
    const number = ++this.#accepts;
    this.counts.connections++;
    if (this.#refuses(socket, number)) return;
    const take = (receive: Receive) => accepted(socket, this.#tls, receive);
    const call = (receive: Receive) => callBackend(this.#backend, this.#upstreamTls, receive);
    const connection = new Connection(number, take, call, this.protocol.open?.(), this.#around);
    this.#connections.add(connection);
    if (this.#active.prepared.length > 0) connection.apply(this.#active);
  }

  #refuses(socket: Socket, number: number): boolean {
    const { prepared, ranges } = this.#active;
    for (const [i, { behavior, options, salt }] of prepared.entries()) {
      if (!behavior.refuse) continue;
      const drawn = draw(this.seed, salt, number, 0);
      if (drawn < ranges[i]!.from || drawn >= ranges[i]!.to) continue;
      socket.on('error', () => {});
      const detail = behavior.refuse(options);
      if ('path' in this.#address) socket.destroy();
      else socket.resetAndDestroy();
      this.#tell({ behavior: behavior.name, connection: number, exchange: null, detail });
      return true;
    }
    return false;
  }

  readonly #tell: Surroundings['tell'] = ({ behavior, connection, exchange, detail, isLost }) => {
    const { faults } = this.counts;
    faults.set(behavior, (faults.get(behavior) ?? 0) + 1);
    this.#events.emit({
      time: Date.now(),
      proxy: this.name,
      behavior,
      connection,
      request: exchange?.number ?? 0,
      command: exchange?.command ?? '',
      path: exchange?.path ?? null,
      detail,
      ...(isLost ? { isLost } : {}),
    });
  };

  get #around(): Surroundings {
    return {
      seed: this.seed,
      standstill: this.#standstill,
      tell: this.#tell,
      closed: (connection) => {
        if (!this.#connections.delete(connection)) return;
        this.counts.up += connection.up.bytes;
        this.counts.down += connection.down.bytes;
      },
    };
  }
}

function readSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw wrong(
    `The seed is ${JSON.stringify(seed)}; it takes a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
  );
}
