import type { Dialogue, ErrorWish, ProtocolError } from '../protocols/protocol.ts';
import { type Conversation, Messages, Turns } from './conversation.ts';
import { type Endpoint, type Receive, reset } from './endpoint.ts';
import type { Exchange, Fate } from './exchange.ts';
import { Lane, type LaneHook } from './lane.ts';
import type { Active } from './setting.ts';
import { Worker } from './worker.ts';

/** What a connection needs of its proxy. */
export interface Surroundings {
  seed: number;
  tell(event: { behavior: string; connection: number; exchange: Exchange | null; detail: string }): void;
  /** It is over; for the proxy's counts. */
  closed(connection: Connection): void;
}

/** Active behaviours and where each one's draws hit. */
export interface Plan {
  actives: readonly Active[];
  ranges: readonly { from: number; to: number }[];
}

/**
 * One client and its backend.
 *
 *     client ─ conversation ─▶ up ─▶ backend      requests: told apart, decided on, passed on or answered here
 *     client ◀─ down ◀─ conversation ─ backend    answers: paired with their requests
 *
 * Behaviours work on requests in `decide`, on bytes in the lanes.
 */
export class Connection {
  readonly number: number;
  readonly seed: number;
  readonly up: Lane;
  readonly down: Lane;
  isClosed = false;
  private conversation: Conversation;
  private dialogue: Dialogue | undefined;
  private readonly client: Endpoint;
  private readonly backend: Endpoint;
  private readonly around: Surroundings;
  private isOver = false;
  private workers: ReadonlyMap<Active, Working> = none;
  private asked: readonly Working[] = [];

  constructor(
    number: number,
    accept: (receive: Receive) => Endpoint,
    call: (receive: Receive) => Endpoint,
    dialogue: Dialogue | undefined,
    around: Surroundings,
  ) {
    this.number = number;
    this.seed = around.seed;
    this.client = accept((chunk) => this.fromClient(chunk));
    this.backend = call((chunk) => this.fromBackend(chunk));
    this.around = around;
    this.up = new Lane(1, this.client.stream, this.backend.stream);
    this.down = new Lane(2, this.backend.stream, this.client.stream);
    this.dialogue = dialogue;
    this.conversation = dialogue === undefined ? new Turns(this) : new Messages(this, dialogue);
    this.listen();
  }

  private listen(): void {
    const { client, backend } = this;
    client.stream.on('end', () => {
      this.conversation.clientEnded();
      this.up.send(null, this.conversation.current);
    });
    backend.stream.on('end', () => this.down.send(null, this.conversation.current));
    for (const [mine, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      for (const socket of new Set([mine.stream, mine.raw])) {
        socket.on('error', (error: NodeJS.ErrnoException) => this.failed(mine, other, error));
      }
      mine.stream.on('close', () => this.sideClosed(mine, other));
    }
  }

  private fromClient(chunk: Buffer): boolean {
    this.conversation.fromClient(chunk);
    return this.up.isIdle;
  }

  private fromBackend(chunk: Buffer): boolean {
    this.conversation.fromBackend(chunk);
    return this.down.isIdle;
  }

  private failed(mine: Endpoint, other: Endpoint, error: NodeJS.ErrnoException): void {
    if (this.isClosed) return;
    const isBackend = mine === this.backend;
    if (isBackend && error.syscall === 'connect') {
      this.tell('proxy', null, `the backend cannot be reached: ${inWords(error)}`);
      this.close();
    } else {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') {
        this.tell('proxy', null, `the ${isBackend ? 'backend' : 'client'}’s side failed: ${error.message}`);
      }
      reset(other);
    }
  }

  private sideClosed(mine: Endpoint, other: Endpoint): void {
    const lane = mine === this.backend ? this.down : this.up;
    // What it sent before it ended may still be held back for the other.
    if (!mine.stream.readableEnded && !other.stream.destroyed) other.stream.destroySoon();
    else if (lane.isEmpty && !other.stream.writableEnded) other.stream.end();
    if (!other.stream.destroyed) return;
    if (this.isOver) return;
    this.isOver = true;
    this.isClosed = true;
    this.up.drop();
    this.down.drop();
    for (const { up, down } of this.workers.values()) {
      up?.hook.removed?.();
      down?.hook.removed?.();
    }
    this.around.closed(this);
  }

  /** Requests are asked for by a behaviour, so a command has to be known before its bytes go on. */
  get asksRequests(): boolean {
    return this.asked.length > 0;
  }

  /** Takes up what the proxy is to do from now on. What has stayed the same goes on where it is. */
  apply({ actives, ranges }: Plan): void {
    const before = this.workers;
    const sorted = new Map<Active, Working>();
    actives.forEach((active, i) => {
      const there = before.get(active);
      const worker =
        there && sameRange(there.worker, ranges[i]!) ? there : this.work(active, ranges[i]!, before);
      sorted.set(active, worker);
    });
    this.workers = sorted;
    const works = [...sorted.values()];
    this.asked = works.filter(({ ask }) => ask !== undefined);
    const { isBetweenRequests, isBetweenAnswers } = this.conversation;
    this.up.change(
      works.flatMap(({ up }) => up ?? []),
      isBetweenRequests,
    );
    this.down.change(
      works.flatMap(({ down }) => down ?? []),
      isBetweenAnswers,
    );
    for (const old of before.values()) if (!works.includes(old)) this.retire(old, works);
  }

  private work(active: Active, range: Plan['ranges'][number], before: ReadonlyMap<Active, Working>): Working {
    const { behavior, options, direction, name } = active;
    const worker = new Worker(active, range, this);
    const working: Working = { worker, ask: behavior.request?.(options, worker) };
    const old = [...before.values()].find(
      (one) => one.worker.active.name === name && one.worker.active.behavior === behavior,
    );
    for (const lane of [this.up, this.down]) {
      const way = lane === this.up ? 'up' : 'down';
      if (!behavior.stream || (direction !== 'both' && !direction.startsWith(way))) continue;
      const hook = behavior.stream(options, worker, lane);
      const state = old?.[way]?.hook.state;
      if (state !== undefined) hook.state = state;
      working[way] = { worker, hook, chunks: 0 };
    }
    return working;
  }

  /** Takes a behaviour off: its waits end now. */
  private retire(old: Working, works: readonly Working[]): void {
    const { name, behavior } = old.worker.active;
    const isChanged = works.some(
      ({ worker: { active } }) => active.name === name && active.behavior === behavior,
    );
    this.up.lift(old.worker);
    this.down.lift(old.worker);
    for (const { hook } of [old.up, old.down].filter((one) => one !== undefined)) {
      if (isChanged) hook.changed?.();
      else hook.removed?.();
    }
  }

  /** Asks the behaviours about a request, in order, until one takes it. */
  decide(exchange: Exchange): void {
    for (const { worker, ask } of this.asked) {
      if (exchange.fate.kind !== 'pass') return;
      if (!worker.hitsExchange(exchange)) continue;
      const detail = ask!(exchange);
      if (detail !== null) worker.tell(exchange, detail);
    }
  }

  /** Answers a request in the backend's place. */
  answer(exchange: Exchange, { bytes, close }: Extract<Fate, { kind: 'answer' }>): void {
    exchange.answering = true;
    this.down.send(
      bytes,
      exchange,
      [...exchange.before, ...exchange.after],
      close ? () => this.close() : undefined,
    );
  }

  /** The bytes have no messages any more, or never had. */
  degrade(why: string): void {
    this.tell('proxy', this.conversation.current, `${why}; from here on the connection is treated as tcp`);
    this.conversation = new Turns(this, this.conversation.current);
    this.dialogue = undefined;
    this.up.swap();
    this.down.swap();
  }

  /** An error as this connection's backend would send it; null where nothing is known of its protocol. */
  error(exchange: Exchange, wish: ErrorWish, chance: number): ProtocolError | null {
    return this.dialogue?.error(exchange, wish, chance) ?? null;
  }

  tell(behavior: string, exchange: Exchange | null, detail: string): void {
    this.around.tell({ behavior, connection: this.number, exchange, detail });
  }

  /** Closes both sides in good order; what was written still arrives. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.up.drop();
    this.down.drop();
    for (const { stream } of [this.client, this.backend]) {
      stream.resume(); // unread bytes would turn the close into a reset
      stream.destroySoon();
    }
  }

  /** Cuts both sides with a TCP reset. */
  reset(): void {
    this.isClosed = true;
    this.up.drop();
    this.down.drop();
    reset(this.client);
    reset(this.backend);
  }
}

/** A behaviour at work: what it is asked, and its hooks. */
interface Working {
  worker: Worker;
  ask?: ((exchange: Exchange) => string | null) | undefined;
  up?: LaneHook;
  down?: LaneHook;
}

function inWords({ code, message }: NodeJS.ErrnoException): string {
  return code === 'EMFILE'
    ? 'this process has as many connections open as the system lets it; allow more with ulimit -n'
    : message;
}

function sameRange({ range }: Worker, { from, to }: Plan['ranges'][number]): boolean {
  return range.from === from && range.to === to;
}

/** Of the many connections on which nothing is at work. */
const none: ReadonlyMap<Active, Working> = new Map();
