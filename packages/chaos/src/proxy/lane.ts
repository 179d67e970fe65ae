import type { Socket } from 'node:net';
import { writeAtOnce } from '@marteau/net';
import type { StreamHook } from '../behaviors/behavior.ts';
import type { Exchange } from './exchange.ts';
import { dueOf, type Hold, type Piece } from './piece.ts';
import type { Worker } from './worker.ts';

/** A behaviour's hook on a lane. */
export interface LaneHook {
  worker: Worker;
  hook: StreamHook;
  /** Pieces that it was asked about. */
  chunks: number;
}

/** What may wait in one direction of one connection before its source is no longer read. */
const fullBytes = 64 * 1024 * 1024;
/** A source may be this far ahead of a narrow link before it is no longer read. */
const aheadMs = 20;
/** Node's timers are only as fine as this. */
const grainMs = 0.5;
/** The longest that a timer of Node waits. */
const longestMs = 2 ** 31 - 1;

// Why a source is not read.
const draining = 1;
const full = 2;
const ahead = 4;

/**
 * One direction of a connection.
 *
 *     source ─ data ─▶ hooks, in order ─▶ queue, first in first out, each piece not before it is due ─▶ target
 *                        └ drop, cut, change, hold      └ empty without holds: written at once
 *
 * Nothing is awaited on the way. Bytes stay in order, whatever is held.
 */
export class Lane {
  /** Swapped in one assignment. */
  private hooks: readonly LaneHook[] = [];
  /** What the hooks are to be from the next message on. */
  private next: readonly LaneHook[] | null = null;
  /** 1 to the backend, 2 to the client. */
  readonly number: 1 | 2;
  /** Bytes that reached the target. */
  bytes = 0;
  private readonly source: Socket;
  private readonly target: Socket;
  private readonly queue: Piece[] = [];
  private queued = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Writes that the kernel has not taken yet. */
  private waiting = 0;
  private stops = 0;
  private isDropped = false;
  private aheadTimer: NodeJS.Timeout | undefined;

  constructor(number: 1 | 2, source: Socket, target: Socket) {
    this.number = number;
    this.source = source;
    this.target = target;
    target.on('drain', () => this.drained());
  }

  /** Messages have to come one by one: a hook looks at them, or waits for the next. */
  get cuts(): boolean {
    return this.hooks.length > 0 || this.next !== null;
  }

  /** Changes the hooks, at once or with the next message. What is no longer there stops at once in any case. */
  change(hooks: readonly LaneHook[], atOnce: boolean): void {
    this.next = atOnce ? null : hooks;
    this.hooks = atOnce ? hooks : this.hooks.filter((old) => hooks.includes(old));
  }

  /** A message has ended. */
  swap(): void {
    if (this.next === null) return;
    this.hooks = this.next;
    this.next = null;
  }

  /** Nothing is on its way. */
  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  /** All that was sent has left this process. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.waiting === 0 && this.target.writableLength === 0;
  }

  /** Sends bytes, or the end (null), through the hooks. `holds` are the waits of the request they begin. */
  send(data: Buffer | null, exchange: Exchange, holds?: Hold[], afterwards?: () => void): void {
    if (this.isDropped) return;
    if (this.hooks.length === 0 && this.queue.length === 0 && !holds?.length) {
      this.deliver(data);
      afterwards?.();
      return;
    }
    this.pass({ data, exchange, since: performance.now(), holds: holds ? [...holds] : [], afterwards }, 0);
  }

  /** Hands a piece to the hooks from one on, and then to the queue. */
  pass(piece: Piece, from: number): void {
    if (this.isDropped) return;
    const { hooks } = this;
    for (let i = from; i < hooks.length; i++) {
      const entry = hooks[i]!;
      if (!entry.worker.hitsChunk(piece.exchange, this.number, ++entry.chunks)) continue;
      entry.worker.tell(piece.exchange, entry.hook.detail);
      if (!entry.hook.piece(piece, this, i + 1)) return;
    }
    this.queue.push(piece);
    this.queued += piece.data?.length ?? 0;
    if (this.queued > fullBytes) this.stop(full);
    if (this.queue.length === 1) this.flush();
  }

  /** Reads no more from the source until the link, which is this many ms behind, has nearly caught up. */
  slow(behindMs: number): void {
    if (behindMs <= aheadMs || this.isDropped) return;
    this.stop(ahead);
    clearTimeout(this.aheadTimer);
    this.aheadTimer = setTimeout(() => this.go(ahead), Math.min(behindMs - aheadMs, longestMs));
  }

  /** Takes back every wait of a behaviour. */
  lift(worker: Worker): void {
    for (const piece of this.queue) {
      if (piece.holds.length > 0) piece.holds = piece.holds.filter(({ by }) => by !== worker);
    }
    clearTimeout(this.aheadTimer);
    this.go(ahead);
    this.flush();
  }

  /** Forgets what is on its way, and whatever may still come. */
  drop(): void {
    this.isDropped = true;
    clearTimeout(this.timer);
    clearTimeout(this.aheadTimer);
    this.queue.length = 0;
    this.queued = 0;
  }

  private flush(): void {
    clearTimeout(this.timer);
    let delivered = 0;
    let now = 0;
    while (delivered < this.queue.length && !(this.stops & draining)) {
      const piece = this.queue[delivered]!;
      const due = piece.holds.length === 0 ? 0 : dueOf(piece);
      if (due > 0) {
        now ||= performance.now();
        if (due > now + grainMs) {
          if (due !== Infinity) this.timer = setTimeout(() => this.flush(), Math.min(due - now, longestMs));
          break;
        }
      }
      delivered++;
      this.queued -= piece.data?.length ?? 0;
      this.deliver(piece.data);
      piece.afterwards?.();
    }
    if (delivered > 0) this.queue.splice(0, delivered);
    if (this.queued < fullBytes / 2) this.go(full);
  }

  private deliver(data: Buffer | null): void {
    if (this.target.destroyed || this.target.writableEnded) return;
    if (data === null) {
      this.target.end();
      return;
    }
    this.bytes += data.length;
    const written = writeAtOnce(this.target, data, this.taken);
    if (written === 'waiting') {
      this.waiting++;
      this.stop(draining);
    } else if (written === 'refused' && !this.target.write(data)) this.stop(draining);
  }

  /** What was written past the stream and had to wait is out. */
  private readonly taken = (): void => {
    this.waiting--;
    if (this.waiting === 0) this.drained();
  };

  private drained(): void {
    this.go(draining);
    if (this.queue.length > 0) this.flush();
  }

  private stop(why: number): void {
    if (this.stops === 0) this.source.pause();
    this.stops |= why;
  }

  private go(why: number): void {
    if (!(this.stops & why)) return;
    this.stops &= ~why;
    if (this.stops === 0) this.source.resume();
  }
}
