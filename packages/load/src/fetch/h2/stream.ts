import type { Exchange } from '../exchange.ts';
import type { Failure } from '../failure.ts';
import type { BodySource } from '../response-body.ts';
import type { Http2Connection } from './http2-connection.ts';
import { StreamError } from './http2-error.ts';
import type { Upload } from './upload.ts';

/**
 * What we let a server send on one stream before a reader has taken it, bytes. The connection's own window is never
 * let run out: what comes has been taken into memory.
 */
export const STREAM_WINDOW = 512 * 1024;
/** Up to here the first part of a body is made a string in one go: mostly it is all of it. */
const SMALL = 16 * 1024;

/** One exchange on a connection of HTTP/2 (RFC 9113, 5). */
export class Stream implements BodySource {
  readonly id: number;
  readonly exchange: Exchange;
  readonly #connection: Http2Connection;
  /** Bytes that the server takes of the request's body. */
  sendWindow: number;
  /** Bytes of the answer's body that the server may send. */
  #window = STREAM_WINDOW;
  /** What is left of the request; null when all of it is sent. */
  upload: Upload | null = null;
  /** Whether anything has come on it. */
  isTouched = false;
  isOver = false;
  /** Bytes of the answer's body so far. */
  #received = 0;
  /** The first part of the body, as latin1, until it is known whether it is all of it. */
  #first: string | null = null;
  #isPaused = false;

  constructor(connection: Http2Connection, id: number, exchange: Exchange, sendWindow: number) {
    this.#connection = connection;
    this.id = id;
    this.exchange = exchange;
    this.sendWindow = sendWindow;
  }

  /** Nobody reads the body: no more of it may come than is allowed already. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#allowMore();
  }

  cancel(): void {
    this.exchange.leave({ code: 'aborted', message: 'the body was cancelled' });
  }

  abort(failure: Failure): void {
    this.exchange.abort(failure);
  }

  /** The exchange needs it no longer. */
  destroy(): void {
    if (!this.isOver) this.#connection.reset(this, 'CANCEL');
  }

  /** More of the request's body is there to be sent. */
  hasMore(): void {
    this.#connection.hasMore(this);
  }

  /** A DATA frame has come, with its padding `size` bytes; its data are from … to. */
  data(bytes: Buffer, from: number, to: number, size: number, isEnd: boolean): void {
    this.#window -= size;
    if (this.#window < 0)
      throw new StreamError('window', 'more was sent than was allowed', 'FLOW_CONTROL_ERROR');
    this.#received += to - from;
    this.#checkLength(isEnd);
    if (to > from) this.#take(bytes, from, to, isEnd);
    if (isEnd) this.end();
    else this.#allowMore();
  }

  /** @throws StreamError where the answer cannot end here (RFC 9113, 8.1.1) */
  checkEnd(): void {
    this.#checkLength(true);
  }

  /** The answer has come to its end. */
  end(): void {
    const body = this.exchange.body!;
    if (this.#first !== null) {
      body.setWhole(this.#first);
      this.#first = null;
    } else if (this.#received === 0 && !body.taken) body.setWhole('');
    this.#connection.finish(this);
  }

  /** What was kept back has to wait for more. */
  release(): void {
    if (this.#first === null) return;
    const bytes = Buffer.from(this.#first, 'latin1');
    this.#first = null;
    if (!this.isOver) this.exchange.body!.add(bytes, 0, bytes.length);
  }

  #take(bytes: Buffer, from: number, to: number, isEnd: boolean): void {
    const body = this.exchange.body!;
    const isFirst = this.#received === to - from;
    if (!isFirst) this.release();
    // Who reads already waits for parts.
    if (!isFirst || body.taken || to - from > SMALL) {
      body.add(bytes, from, to);
      return;
    }
    const text = bytes.toString('latin1', from, to);
    if (isEnd || this.#received === this.exchange.head!.contentLength) body.setWhole(text);
    else {
      this.#first = text;
      this.#connection.keepBack(this);
    }
  }

  #checkLength(isEnd: boolean): void {
    const { head, request } = this.exchange;
    const { status, contentLength } = head!;
    const isBodiless = request.template.method === 'HEAD' || status === 204 || status === 304;
    const most = isBodiless ? 0 : contentLength;
    if (most === null || this.#received === most || (!isEnd && this.#received < most)) return;
    throw new StreamError(
      'content-length',
      isBodiless
        ? `an answer that has no body has one of ${this.#received} bytes`
        : `the answer announced ${most} bytes and has ${this.#received}`,
    );
  }

  #allowMore(): void {
    if (this.#isPaused || this.isOver || this.#window > STREAM_WINDOW / 2) return;
    this.#connection.allow(this, STREAM_WINDOW - this.#window);
    this.#window = STREAM_WINDOW;
  }
}
