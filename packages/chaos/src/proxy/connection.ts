import type { Receive } from '@marteau/net';
import type * as contracts from '../contracts.ts';
import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import type { Dialogue } from '../protocols/protocol.ts';
import { ActiveBehavior } from './active-behavior.ts';
import type { Conversation, Transport } from './conversation.ts';
import { type Endpoint, reset } from './endpoint.ts';
import { Link, type LinkHook } from './link.ts';
import { Messages } from './messages.ts';
import type { Behaviors, PreparedBehavior, Range } from './setting.ts';
import { Turns } from './turns.ts';

// Above 250 lines: both ways of one connection, which end together, and what behaviors do with them.

/** What a connection needs of its proxy. */
export interface Surroundings {
  seed: number;
  /** ms that one side may stand still while something waits for it. */
  standstill: number;
  tell(event: {
    behavior: string;
    connection: number;
    exchange: Exchange | null;
    detail: string;
    isLost?: true;
  }): void;
  /** It is over; for the proxy's counts. */
  closed(connection: Connection): void;
}

/**
 * One client and its backend.
 *
 *     client ─ conversation ─▶ up ─▶ backend      requests: told apart, decided on, passed on or answered here
 *     client ◀─ down ◀─ conversation ─ backend    answers: paired with their requests
 *
 * Behaviours work on requests in `decide`, on bytes in the links.
 */
export class Connection implements contracts.Connection, Transport {
  readonly number: number;
  readonly seed: number;
  readonly up: Link;
  readonly down: Link;
  isClosed = false;
  #conversation: Conversation;
  #dialogue: Dialogue | undefined;
  readonly #client: Endpoint;
  readonly #backend: Endpoint;
  readonly #around: Surroundings;
  #isOver = false;
  #active: ReadonlyMap<PreparedBehavior, Hooks> = none;
  #asked: readonly Hooks[] = [];

  constructor(
    number: number,
    accept: (receive: Receive) => Endpoint,
    call: (receive: Receive) => Endpoint,
    dialogue: Dialogue | undefined,
    around: Surroundings,
  ) {
    this.number = number;
    this.seed = around.seed;
    this.#client = accept((chunk) => this.#fromClient(chunk));
    this.#backend = call((chunk) => this.#fromBackend(chunk));
    this.#around = around;
    this.up = new Link(1, this.#client.stream, this.#backend.stream);
    this.down = new Link(2, this.#backend.stream, this.#client.stream);
    this.#dialogue = dialogue;
    this.#conversation = dialogue === undefined ? new Turns(this) : new Messages(this, dialogue);
    this.#listen();
  }

  #listen(): void {
    const client = this.#client;
    const backend = this.#backend;
    client.stream.on('end', () => {
      this.#conversation.clientEnded();
      this.up.send(null, this.#conversation.current);
    });
    backend.stream.on('end', () => this.down.send(null, this.#conversation.current));
    for (const [mine, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      for (const socket of new Set([mine.stream, mine.raw])) {
        socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(mine, other, error));
      }
      mine.stream.on('close', () => this.#sideClosed(mine, other));
    }
  }

  #fromClient(chunk: Buffer): boolean {
    this.#conversation.fromClient(chunk);
    return this.up.isIdle;
  }

  #fromBackend(chunk: Buffer): boolean {
    this.#conversation.fromBackend(chunk);
    return this.down.isIdle;
  }

  #failed(mine: Endpoint, other: Endpoint, error: NodeJS.ErrnoException): void {
    if (this.isClosed) return;
    const isBackend = mine === this.#backend;
    if (isBackend && error.syscall === 'connect') {
      this.tell('proxy', null, `the backend cannot be reached: ${sentenceOf(error)}`);
      this.close();
    } else {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') {
        this.tell('proxy', null, `the ${isBackend ? 'backend' : 'client'}’s side failed: ${error.message}`);
      }
      reset(other);
    }
  }

  #sideClosed(mine: Endpoint, other: Endpoint): void {
    const link = mine === this.#backend ? this.down : this.up;
    // What it sent before it ended may still wait for the other.
    if (!mine.stream.readableEnded && !other.stream.destroyed) other.stream.destroySoon();
    else if (link.isEmpty && !other.stream.writableEnded) other.stream.end();
    if (!other.stream.destroyed) return;
    if (this.#isOver) return;
    this.#isOver = true;
    this.isClosed = true;
    this.#conversation.ended();
    this.up.drop();
    this.down.drop();
    for (const { up, down } of this.#active.values()) {
      up?.hook.removed?.();
      down?.hook.removed?.();
    }
    this.#around.closed(this);
  }

  get asksRequests(): boolean {
    return this.#asked.length > 0;
  }

  /** Takes up what the proxy is to do from now on. What has stayed the same goes on where it is. */
  apply({ prepared, ranges }: Behaviors): void {
    const before = this.#active;
    const now = new Map<PreparedBehavior, Hooks>();
    prepared.forEach((behavior, i) => {
      const there = before.get(behavior);
      const stays = there !== undefined && sameRange(there.active.range, ranges[i]!);
      now.set(behavior, stays ? there : this.#begin(behavior, ranges[i]!, before));
    });
    this.#active = now;
    const all = [...now.values()];
    this.#asked = all.filter(({ request }) => request !== undefined);
    const { isBetweenRequests, isBetweenAnswers } = this.#conversation;
    this.up.change(
      all.flatMap(({ up }) => up ?? []),
      isBetweenRequests,
    );
    this.down.change(
      all.flatMap(({ down }) => down ?? []),
      isBetweenAnswers,
    );
    for (const old of before.values()) if (!all.includes(old)) this.#retire(old, all);
  }

  /** Makes the hooks of a behaviour. Those that it had before its options changed hand on their state. */
  #begin(prepared: PreparedBehavior, range: Range, before: ReadonlyMap<PreparedBehavior, Hooks>): Hooks {
    const { behavior, options, direction } = prepared;
    const active = new ActiveBehavior(prepared, range, this);
    const hooks: Hooks = { active, request: behavior.request?.(options, active) };
    const old = [...before.values()].find((one) => isSuccessor(active, one.active));
    for (const link of [this.up, this.down]) {
      const way = link === this.up ? 'up' : 'down';
      if (!behavior.stream || (direction !== 'both' && !direction.startsWith(way))) continue;
      const hook = behavior.stream(options, active, link);
      const state = old?.[way]?.hook.state;
      if (state !== undefined) hook.state = state;
      hooks[way] = { active, hook, chunks: 0 };
    }
    return hooks;
  }

  /** Takes a behaviour off: its waits end now. */
  #retire(old: Hooks, all: readonly Hooks[]): void {
    const isChanged = all.some(({ active }) => isSuccessor(active, old.active));
    this.up.lift(old.active);
    this.down.lift(old.active);
    for (const { hook } of [old.up, old.down].filter((one) => one !== undefined)) {
      if (isChanged) hook.changed?.();
      else hook.removed?.();
    }
  }

  decide(exchange: Exchange): void {
    for (const { active, request } of this.#asked) {
      if (exchange.fate.kind !== 'pass') return;
      if (!active.hitsExchange(exchange)) continue;
      const detail = request!(exchange);
      if (detail !== null) active.tell(exchange, detail);
    }
  }

  answer(exchange: Exchange, bytes: Buffer, close: boolean): void {
    const waits = exchange.answering ? undefined : [...exchange.before, ...exchange.after];
    exchange.answering = true;
    if (bytes.length === 0 && !close) return;
    this.down.send(bytes, exchange, waits, close ? () => this.close() : undefined);
  }

  get standstill(): number {
    return this.#around.standstill;
  }

  note(detail: string): void {
    const exchange = this.#conversation.current;
    this.#around.tell({ behavior: 'proxy', connection: this.number, exchange, detail, isLost: true });
  }

  degrade(why: string): void {
    this.note(`${why}; from here on the connection is treated as tcp`);
    this.#conversation = new Turns(this, this.#conversation.current);
    this.#dialogue = undefined;
    this.up.swap();
    this.down.swap();
  }

  error(exchange: Exchange, wish: ErrorWish, chance: number): ProtocolError | null {
    return this.#dialogue?.error(exchange, wish, chance) ?? null;
  }

  tell(behavior: string, exchange: Exchange | null, detail: string): void {
    this.#around.tell({ behavior, connection: this.number, exchange, detail });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.up.drop();
    this.down.drop();
    for (const { stream } of [this.#client, this.#backend]) {
      stream.resume(); // unread bytes would turn the close into a reset
      stream.destroySoon();
    }
  }

  reset(): void {
    this.isClosed = true;
    this.up.drop();
    this.down.drop();
    reset(this.#client);
    reset(this.#backend);
  }
}

/** An active behaviour, and what it does to this connection. */
interface Hooks {
  active: ActiveBehavior;
  request?: ((exchange: Exchange) => string | null) | undefined;
  up?: LinkHook;
  down?: LinkHook;
}

function sentenceOf({ code, message }: NodeJS.ErrnoException): string {
  return code === 'EMFILE'
    ? 'this process has as many connections open as the system lets it; allow more with ulimit -n'
    : message;
}

function sameRange(a: Range, b: Range): boolean {
  return a.from === b.from && a.to === b.to;
}

/** They are the same behaviour under the same name, with other settings. */
function isSuccessor({ prepared: a }: ActiveBehavior, { prepared: b }: ActiveBehavior): boolean {
  return a.name === b.name && a.behavior === b.behavior;
}

/** Of the many connections on which nothing is at work. */
const none: ReadonlyMap<PreparedBehavior, Hooks> = new Map();
