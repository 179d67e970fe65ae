import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';
import { type Failure, failureOf } from './failure.ts';
import { mayResend } from './may-resend.ts';
import type { SocketHolder } from './open-socket.ts';
import type { Pool } from './pool.ts';
import type { BodySource } from './response-body.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser, type ResponseSink } from './response-parser.ts';
import { writeRequest } from './write-request.ts';

/** One keep-alive connection of one user: carries one exchange at a time. */
export class Connection implements ResponseSink, BodySource, SocketHolder {
  readonly #pool: Pool;
  readonly #parser = new ResponseParser(this);
  #socket: Socket | null = null;
  #exchange: Exchange | null = null;
  #giveUp: (() => void) | null = null;
  #keepAlive = true;
  /** Exchanges that it has carried to their end. */
  #served = 0;
  #destroyed = false;
  /** Its answer's body waits for a reader. */
  #paused = false;
  /** ms of the clock; what is sent later may find it closed. */
  #goodUntil = Number.POSITIVE_INFINITY;
  #keepAliveMs = Number.POSITIVE_INFINITY;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Begins to open; `exchange` waits for it. */
  reserve(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.connection = this;
  }

  /** Whether it is of no more use; what opens it need not go on. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** This socket is its own. */
  attach(socket: Socket): void {
    this.#socket = socket;
    this.#giveUp = null;
  }

  /** @param giveUp ends all attempts to open it; called where it is of no more use before one has won */
  whileOpening(giveUp: () => void): void {
    this.#giveUp = giveUp;
  }

  /** The socket is connected, and its TLS session made. */
  opened(): this {
    this.#pool.client.connections.http1 += 1;
    if (this.#exchange) this.#send(this.#exchange);
    else this.#pool.release(this);
    return this;
  }

  /** Sends a request on an open connection that is idle. */
  start(exchange: Exchange): void {
    this.reserve(exchange);
    this.#send(exchange);
  }

  /** Bytes 0 … length of the thread's read buffer are ours. */
  received(bytes: Buffer, length: number): void {
    const exchange = this.#exchange;
    if (!exchange) {
      // An answer that nobody asked for could only be taken for the next one's.
      this.destroy();
      return;
    }
    const { client } = this.#pool;
    const now = client.now();
    client.reads += 1;
    if (exchange.bytesIn === 0) exchange.first = now;
    exchange.ended = now;
    exchange.bytesIn += length;
    try {
      const taken = this.#parser.read(bytes, length);
      // What follows a whole answer costs the connection, and not the answer (RFC 9112, 6.3).
      if (taken < length) this.#keepAlive = false;
      if (!this.#parser.busy) this.#done(exchange);
    } catch (error) {
      this.#failWith(error);
    }
  }

  /** The other side has closed its half. */
  ended(): void {
    if (this.#destroyed) return;
    const exchange = this.#exchange;
    if (exchange?.head && this.#parser.close()) {
      exchange.ended = this.#pool.client.now();
      this.#keepAlive = false;
      this.#done(exchange);
    } else this.lost({ code: 'closed', message: this.#closedMessage() });
  }

  /** The socket failed or is gone. */
  lost(failure: Failure): void {
    if (this.#destroyed) return;
    const exchange = this.#exchange;
    this.#exchange = null;
    this.destroy();
    if (!exchange) return;
    exchange.connection = null;
    if (this.#served > 0 && this.#parser.untouched && mayResend(exchange)) {
      exchange.resent = true;
      exchange.bytesOut = 0;
      this.#pool.dispatch(exchange);
    } else exchange.fail(failure);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.resume();
    this.#destroyed = true;
    this.#giveUp?.();
    this.#socket?.destroy();
    this.#pool.remove(this);
  }

  /** Nobody reads the body: it holds up no other request. */
  pause(): void {
    if (this.#destroyed) return;
    this.#paused = true;
    this.#socket?.pause();
    this.#pool.held();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket?.resume();
    this.#pool.taken();
  }

  /** Whether the server has said that it closes before another answer could come. */
  isStale(now: number): boolean {
    return now >= this.#goodUntil;
  }

  abort(failure: Failure): void {
    this.#exchange?.abort(failure);
  }

  cancel(): void {
    this.#exchange?.leave({ code: 'aborted', message: 'the body was cancelled' });
  }

  head(head: ResponseHead): void {
    if (!head.keepAlive) this.#keepAlive = false;
    this.#keepAliveMs = head.keepAliveMs;
    if (this.#served === 0) this.#pool.answered(this.#socket!, head);
    this.#exchange!.answer(head, this);
  }

  body(bytes: Buffer, from: number, to: number): void {
    this.#exchange!.body!.add(bytes, from, to);
  }

  whole(text: string): void {
    this.#exchange!.body!.setWhole(text);
  }

  end(): void {
    // `received` goes on when it knows whether anything follows the answer.
  }

  #send(exchange: Exchange): void {
    const { client } = this.#pool;
    this.#parser.expect(exchange.request.template.method);
    exchange.sent = exchange.waited ? client.now() : exchange.begun;
    writeRequest(this.#socket!, exchange, client);
  }

  #done(exchange: Exchange): void {
    this.#exchange = null;
    this.#served += 1;
    exchange.connection = null;
    exchange.finish();
    if (!this.#keepAlive || exchange.isStreaming) this.destroy();
    else {
      this.#goodUntil = exchange.ended + this.#keepAliveMs;
      this.#pool.release(this);
    }
  }

  #failWith(error: unknown): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.destroy();
    if (!exchange) return;
    exchange.connection = null;
    exchange.fail(failureOf(error));
  }

  #closedMessage(): string {
    return this.#exchange?.bytesIn
      ? 'the connection was closed in the middle of the answer'
      : 'the connection was closed before any answer';
  }
}
