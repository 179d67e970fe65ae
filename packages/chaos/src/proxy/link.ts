import type { Socket } from 'node:net';
import { writeAtOnce } from '@marteau/net';
import type * as contracts from '../contracts.ts';
import { type Chunk, dueOf, type Exchange, type StreamHook, type Wait } from '../contracts.ts';
import type { ActiveBehavior } from './active-behavior.ts';

/** A behaviour's hook on a link. */
export interface LinkHook {
  active: ActiveBehavior;
  hook: StreamHook;
  /** Chunks that it was asked about. */
  chunks: number;
}

/** What may wait in one direction of one connection before its source is no longer read. */
const FULL_BYTES = 64 * 1024 * 1024;
/** A source may be this far ahead of a narrow link before it is no longer read. */
const AHEAD_MS = 20;
/** Node's timers are only as fine as this. */
const GRAIN_MS = 0.5;
/** The longest that a timer of Node waits. */
const LONGEST_MS = 2 ** 31 - 1;

// Why a source is not read.
const DRAINING = 1;
const FULL = 2;
const AHEAD = 4;

/**
 * One direction of a connection.
 *
 *     source ─ data ─▶ hooks, in order ─▶ queue, first in first out, each chunk not before it is due ─▶ target
 *                        └ drop, cut, change, delay     └ empty, and nothing to wait for: written at once
 *
 * Nothing is awaited on the way. Bytes stay in order, whatever waits.
 */
export class Link implements contracts.Link {
  /** Swapped in one assignment. */
  #hooks: readonly LinkHook[] = [];
  /** What the hooks are to be from the next message on. */
  #next: readonly LinkHook[] | null = null;
  readonly number: 1 | 2;
  /** Bytes that reached the target. */
  bytes = 0;
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #queue: Chunk[] = [];
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Writes that the kernel has not taken yet. */
  #waiting = 0;
  #stops = 0;
  #isDropped = false;
  #aheadTimer: NodeJS.Timeout | undefined;

  constructor(number: 1 | 2, source: Socket, target: Socket) {
    this.number = number;
    this.#source = source;
    this.#target = target;
    target.on('drain', () => this.#drained());
  }

  /** Messages have to come one by one: a hook looks at them, or waits for the next. */
  get cuts(): boolean {
    return this.#hooks.length > 0 || this.#next !== null;
  }

  /** Changes the hooks, at once or with the next message. What is no longer there stops at once in any case. */
  change(hooks: readonly LinkHook[], atOnce: boolean): void {
    this.#next = atOnce ? null : hooks;
    this.#hooks = atOnce ? hooks : this.#hooks.filter((old) => hooks.includes(old));
  }

  /** A message has ended. */
  swap(): void {
    if (this.#next === null) return;
    this.#hooks = this.#next;
    this.#next = null;
  }

  /** Nothing is on its way. */
  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** All that was sent has left this process. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#waiting === 0 && this.#target.writableLength === 0;
  }

  /** Sends bytes, or the end (null), through the hooks. `waits` are those of the request that they begin. */
  send(data: Buffer | null, exchange: Exchange, waits?: Wait[], afterwards?: () => void): void {
    if (this.#isDropped) return;
    if (this.#hooks.length === 0 && this.#queue.length === 0 && !waits?.length) {
      this.#deliver(data);
      afterwards?.();
      return;
    }
    this.pass({ data, exchange, since: performance.now(), waits: waits ? [...waits] : [], afterwards }, 0);
  }

  pass(chunk: Chunk, from: number): void {
    if (this.#isDropped) return;
    const hooks = this.#hooks;
    for (let i = from; i < hooks.length; i++) {
      const entry = hooks[i]!;
      if (!entry.active.hitsChunk(chunk.exchange, this.number, ++entry.chunks)) continue;
      entry.active.tell(chunk.exchange, entry.hook.detail);
      if (!entry.hook.chunk(chunk, this, i + 1)) return;
    }
    this.#queue.push(chunk);
    this.#queued += chunk.data?.length ?? 0;
    if (this.#queued > FULL_BYTES) this.#stop(FULL);
    if (this.#queue.length === 1) this.#flush();
  }

  slow(behindMs: number): void {
    if (behindMs <= AHEAD_MS || this.#isDropped) return;
    this.#stop(AHEAD);
    clearTimeout(this.#aheadTimer);
    this.#aheadTimer = setTimeout(() => this.#go(AHEAD), Math.min(behindMs - AHEAD_MS, LONGEST_MS));
  }

  /** Takes back every wait of a behaviour. */
  lift(active: ActiveBehavior): void {
    for (const chunk of this.#queue) {
      if (chunk.waits.length > 0) chunk.waits = chunk.waits.filter(({ by }) => by !== active);
    }
    clearTimeout(this.#aheadTimer);
    this.#go(AHEAD);
    this.#flush();
  }

  /** Forgets what is on its way, and whatever may still come. */
  drop(): void {
    this.#isDropped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#aheadTimer);
    this.#queue.length = 0;
    this.#queued = 0;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    let delivered = 0;
    let now = 0;
    while (delivered < this.#queue.length && !(this.#stops & DRAINING)) {
      const chunk = this.#queue[delivered]!;
      const due = chunk.waits.length === 0 ? 0 : dueOf(chunk);
      if (due > 0) {
        now ||= performance.now();
        if (due > now + GRAIN_MS) {
          if (due !== Infinity)
            this.#timer = setTimeout(() => this.#flush(), Math.min(due - now, LONGEST_MS));
          break;
        }
      }
      delivered++;
      this.#queued -= chunk.data?.length ?? 0;
      this.#deliver(chunk.data);
      chunk.afterwards?.();
    }
    if (delivered > 0) this.#queue.splice(0, delivered);
    if (this.#queued < FULL_BYTES / 2) this.#go(FULL);
  }

  #deliver(data: Buffer | null): void {
    if (this.#target.destroyed || this.#target.writableEnded) return;
    if (data === null) {
      this.#target.end();
      return;
    }
    this.bytes += data.length;
    const written = writeAtOnce(this.#target, data, this.#taken);
    if (written === 'waiting') {
      this.#waiting++;
      this.#stop(DRAINING);
    } else if (written === 'refused' && !this.#target.write(data)) this.#stop(DRAINING);
  }

  /** What was written past the stream and had to wait is out. */
  readonly #taken = (): void => {
    this.#waiting--;
    if (this.#waiting === 0) this.#drained();
  };

  #drained(): void {
    this.#go(DRAINING);
    if (this.#queue.length > 0) this.#flush();
  }

  #stop(why: number): void {
    if (this.#stops === 0) this.#source.pause();
    this.#stops |= why;
  }

  #go(why: number): void {
    if (!(this.#stops & why)) return;
    this.#stops &= ~why;
    if (this.#stops === 0) this.#source.resume();
  }
}
