import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.ts';
import { type Failure, failureOf } from '../failure.ts';
import { mayResend } from '../may-resend.ts';
import type { SocketHolder } from '../open-socket.ts';
import { isReplayable } from '../request-body.ts';
import type { ResponseHead } from '../response-head.ts';
import { ControlFrames } from './control-frames.ts';
import type { ErrorName } from './error-codes.ts';
import { LARGEST_WINDOW } from './frame-types.ts';
import { ConnectionError, type StreamError, tooLarge } from './http2-error.ts';
import type { Http2Pool } from './http2-pool.ts';
import { RequestWriter } from './request-writer.ts';
import { ServerFrames } from './server-frames.ts';
import { readSettings, unsaidSettings } from './settings.ts';
import { Stream } from './stream.ts';
import { Uploads } from './uploads.ts';

// Above 250 lines: what opens, ends and loses streams are all of their owner.

/** Numbers of streams that we have reset: what was on its way to them is no mistake. */
const MOST_RESET = 1000;
const LAST_STREAM = 2 ** 31 - 1;

/** What an open connection works with. */
interface Works {
  readonly control: ControlFrames;
  readonly requests: RequestWriter;
  readonly uploads: Uploads;
  readonly server: ServerFrames;
}

/**
 * One connection of HTTP/2 of one user (RFC 9113): carries as many exchanges at a time as the server takes.
 *
 *     opening ─ opened ─▶ taking streams ─ GOAWAY, numbers used up ─▶ draining ─ last stream ─▶ destroyed
 */
export class Http2Connection implements SocketHolder {
  readonly #pool: Http2Pool;
  readonly #streams = new Map<number, Stream>();
  readonly #reset = new Set<number>();
  readonly #settings = unsaidSettings();
  /** Null until it is open. */
  #works: Works | null = null;
  #socket: Socket | null = null;
  #giveUp: (() => void) | null = null;
  #destroyed = false;
  #draining = false;
  /** The next stream's number. */
  #next = 1;
  /** Exchanges that it has carried to their end. */
  #served = 0;
  /** When something was read last, ms of the clock. */
  #now = 0;

  constructor(pool: Http2Pool) {
    this.#pool = pool;
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  get isOpening(): boolean {
    return this.#works === null && !this.#destroyed;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** Whether another exchange can be sent now. */
  get hasRoom(): boolean {
    return this.#works !== null && !this.#draining && this.#streams.size < this.#settings.streams;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    this.#giveUp = null;
  }

  whileOpening(giveUp: () => void): void {
    this.#giveUp = giveUp;
  }

  opened(protocol: string | null): SocketHolder {
    const socket = this.#socket!;
    if (protocol !== null && protocol !== 'h2') {
      this.#destroyed = true;
      return this.#pool.declined(this, socket);
    }
    const { client } = this.#pool;
    const control = new ControlFrames(client.frames, socket);
    const requests = new RequestWriter(client, socket, this.#settings);
    const uploads = new Uploads(client.frames, socket, requests, this.#settings);
    this.#works = { control, requests, uploads, server: new ServerFrames(this, socket, control) };
    client.connections.http2 += 1;
    control.greet();
    this.#pool.release(this);
    return this;
  }

  /** Sends an exchange on a stream of its own; only where there is room. */
  start(exchange: Exchange): void {
    const { client } = this.#pool;
    const { requests, uploads } = this.#works!;
    exchange.sent = exchange.waited ? client.now() : exchange.begun;
    if (!requests.takes(exchange)) return;
    const stream = new Stream(this, this.#next, exchange, this.#settings.window);
    requests.writeHead(stream);
    client.connections.streams += 1;
    exchange.isHttp2 = true;
    exchange.connection = stream;
    this.#streams.set(stream.id, stream);
    this.#next += 2;
    if (this.#next > LAST_STREAM) this.#drain(null);
    if (stream.upload) uploads.add(stream);
  }

  /** Bytes 0 … length of the thread's read buffer are ours. */
  received(bytes: Buffer, length: number): void {
    if (this.#destroyed) return;
    const { client } = this.#pool;
    client.reads += 1;
    this.#now = client.now();
    try {
      this.#works!.server.read(bytes, length, this.#now);
      if (this.#draining && this.isIdle) this.destroy();
    } catch (error) {
      this.#broken(error);
    }
  }

  ended(): void {
    this.lost({ code: 'closed', message: 'the connection was closed before the end of the answer' });
  }

  /** The socket failed or is gone: what nothing has come of is sent again where it may be. */
  lost(failure: Failure): void {
    if (this.#destroyed) return;
    const hasServed = this.#served > 0;
    const streams = this.#takeAll();
    for (const { exchange, isTouched } of streams)
      this.#give(exchange, hasServed && !isTouched && mayResend(exchange), failure);
    this.#pool.lost(hasServed, failure);
  }

  destroy(): void {
    if (!this.#destroyed) this.#takeAll();
  }

  /** More of a stream's body is there to be sent. */
  hasMore(stream: Stream): void {
    this.#works!.uploads.add(stream);
  }

  keepBack(stream: Stream): void {
    this.#works!.server.keepBack(stream);
  }

  /** The server may send so many bytes more of a stream. */
  allow({ id }: Stream, bytes: number): void {
    this.#works!.control.allow(id, bytes);
  }

  /** Ends a stream from our side. */
  reset(stream: Stream, why: ErrorName): void {
    if (this.#destroyed) return;
    this.#endHere(stream, why);
    // Who has said nothing for the whole time is not asked again.
    const { failure, sent } = stream.exchange;
    if (failure?.code === 'timeout' && this.#now < sent) this.#drain(null);
    this.#freed();
  }

  /** The head of an answer has come. */
  answered(stream: Stream, head: ResponseHead): void {
    if (this.#served === 0) this.#pool.answered(this.#socket!, head);
    stream.exchange.answer(head, stream);
  }

  /** The answer on a stream is whole. */
  finish(stream: Stream): void {
    const { exchange } = stream;
    exchange.ended = this.#now;
    this.#served += 1;
    this.#works!.server.answered();
    // It answered before it had the whole request (RFC 9113, 8.1).
    if (stream.upload) this.#endHere(stream, 'CANCEL');
    else this.#close(stream);
    exchange.finish();
    this.#freed();
  }

  /** The answer on a stream is none. */
  spoilt(stream: Stream, error: StreamError): void {
    if (!stream.isOver) this.#endHere(stream, error.said);
    stream.exchange.fail(failureOf(error));
    this.#freed();
  }

  resetByServer(stream: Stream, code: string): void {
    this.#close(stream);
    const failure = { code: `reset: ${code}`, message: `the server reset the stream with ${code}` };
    this.#give(stream.exchange, code === 'REFUSED_STREAM' && maySendAgain(stream.exchange), failure);
    this.#freed();
  }

  /** RFC 9113, 6.8: what is above the last stream was not processed, and goes on another connection. */
  goAway(last: number, code: string, why: string): void {
    const message = `the server goes away with ${code}${why === '' ? '' : `: ${why}`}`;
    const failure = { code: `goaway: ${code}`, message };
    this.#drain(failure);
    for (const stream of [...this.#streams.values()]) {
      if (stream.id <= last && code === 'NO_ERROR') continue;
      this.#close(stream);
      this.#give(stream.exchange, stream.id > last && maySendAgain(stream.exchange), failure);
    }
  }

  /** The server has said what it takes (RFC 9113, 6.5). */
  settle(bytes: Buffer, from: number, to: number): void {
    const { control, requests, uploads } = this.#works!;
    const before = this.#settings.window;
    readSettings(this.#settings, bytes, from, to);
    const more = this.#settings.window - before;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += more;
      if (stream.sendWindow > LARGEST_WINDOW) throw tooLarge();
    }
    requests.changed();
    control.acknowledge();
    uploads.pump();
    this.#pool.release(this);
  }

  /** A window was made larger; that of all streams by `more`. @returns whether anything waits for that */
  mayGoOn(more: number): boolean {
    const { uploads } = this.#works!;
    uploads.allow(more);
    if (uploads.isIdle) return false;
    uploads.pump();
    return true;
  }

  streamOf(id: number): Stream | undefined {
    return this.#streams.get(id);
  }

  /** Whether it is a number that we have given to a stream. */
  hasOpened(id: number): boolean {
    return id % 2 === 1 && id < this.#next;
  }

  mayHaveReset(id: number): boolean {
    return this.#reset.has(id) || this.#reset.size >= MOST_RESET;
  }

  /** The server does not keep to HTTP/2: it is told, and the connection is over for all streams. */
  #broken(error: unknown): void {
    const { control, server } = this.#works!;
    if (error instanceof ConnectionError && server.hasGreeted) control.goAway(error.said);
    const failure = failureOf(error);
    const hasServed = this.#served > 0;
    for (const { exchange } of this.#takeAll()) exchange.fail(failure);
    this.#pool.lost(hasServed, failure);
  }

  /** It takes no more streams. @param failure what becomes of those that wait for one, where it never served any */
  #drain(failure: Failure | null): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#pool.retire(this, this.#served === 0 ? failure : null);
  }

  #freed(): void {
    if (!this.#draining) this.#pool.release(this);
    else if (this.isIdle) this.destroy();
  }

  #endHere(stream: Stream, why: ErrorName): void {
    this.#works!.control.reset(stream.id, why);
    if (this.#reset.size < MOST_RESET) this.#reset.add(stream.id);
    this.#close(stream);
  }

  /** A stream is over; what becomes of its exchange is another's to say. */
  #close(stream: Stream): void {
    this.#streams.delete(stream.id);
    stream.isOver = true;
    stream.exchange.connection = null;
    this.#works!.uploads.remove(stream);
  }

  /** It is of no more use. @returns the streams that it had */
  #takeAll(): Stream[] {
    this.#destroyed = true;
    this.#giveUp?.();
    this.#socket?.destroy();
    const streams = [...this.#streams.values()];
    for (const stream of streams) this.#close(stream);
    this.#pool.remove(this);
    return streams;
  }

  #give(exchange: Exchange, again: boolean, failure: Failure): void {
    if (!again) {
      exchange.fail(failure);
      return;
    }
    exchange.resent = true;
    exchange.bytesOut = 0;
    this.#pool.dispatch(exchange);
  }
}

/** What was not processed may be sent again, whatever it is; but not for ever. */
function maySendAgain({ resent, request }: Exchange): boolean {
  return !resent && isReplayable(request.body);
}
