import type { Socket } from 'node:net';
import type { ResponseHead } from '../response-head.ts';
import { CONNECTION_WINDOW, type ControlFrames } from './control-frames.ts';
import { nameOf } from './error-codes.ts';
import { FloodGuard } from './flood-guard.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { FLAG, FRAME, frameName, LARGEST_WINDOW } from './frame-types.ts';
import { HeaderBlock } from './header-block.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import type { Http2Connection } from './http2-connection.ts';
import { ConnectionError, StreamError, tooLarge, wrongSize, wrongStream } from './http2-error.ts';
import { KnownHeads } from './known-heads.ts';
import { ResponseFields } from './response-fields.ts';
import type { Stream } from './stream.ts';

// Above 250 lines: what each frame means, of which none can be read without what the others have left.

/** Bytes that may wait for a server to read them before it gets no more answers to its frames. */
const MOST_UNREAD = 1024 * 1024;
/** Bytes of a debug text of GOAWAY that are told. */
const MOST_TOLD = 100;

/** What a server says on one connection, frame by frame (RFC 9113, 6), and what becomes of it. */
export class ServerFrames implements FrameSink {
  readonly #connection: Http2Connection;
  readonly #socket: Socket;
  readonly #control: ControlFrames;
  readonly #reader = new FrameReader(this);
  readonly #decoder = new HpackDecoder();
  readonly #fields = new ResponseFields();
  readonly #heads = new KnownHeads(this.#decoder);
  readonly #guard = new FloodGuard();
  #hasGreeted = false;
  #now = 0;
  /** Bytes that the server may send on all streams together. */
  #window = CONNECTION_WINDOW;
  /** A header block that has not come to its end. */
  #block: HeaderBlock | null = null;
  /** Streams whose first part of a body is kept back while a read lasts. */
  #keptBack: Stream[] = [];

  constructor(connection: Http2Connection, socket: Socket, control: ControlFrames) {
    this.#connection = connection;
    this.#socket = socket;
    this.#control = control;
  }

  /** Whether it has said anything that is HTTP/2. */
  get hasGreeted(): boolean {
    return this.#hasGreeted;
  }

  /**
   * Reads bytes 0 … length of `bytes`.
   * @param now ms
   * @throws ConnectionError
   */
  read(bytes: Buffer, length: number, now: number): void {
    this.#now = now;
    this.#reader.read(bytes, length);
    if (this.#keptBack.length > 0) for (const stream of this.#keptBack.splice(0)) stream.release();
  }

  /** A DATA frame's first part may be all of the body: whether it is, is known when the read is over. */
  keepBack(stream: Stream): void {
    this.#keptBack.push(stream);
  }

  /** An answer is whole. */
  answered(): void {
    this.#guard.answered();
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (this.#connection.destroyed) return;
    if (!this.#hasGreeted) this.#greet(type, flags);
    if (this.#block && (type !== FRAME.CONTINUATION || id !== this.#block.stream))
      throw new ConnectionError('frame order', 'a header block is interrupted by another frame');
    switch (type) {
      case FRAME.DATA:
        this.#data(flags, id, bytes, from, to);
        break;
      case FRAME.HEADERS:
        this.#headers(flags, id, bytes, from, to);
        break;
      case FRAME.CONTINUATION:
        this.#continuation(flags, bytes, from, to);
        break;
      case FRAME.WINDOW_UPDATE:
        this.#windowUpdate(id, bytes, from, to);
        break;
      case FRAME.RST_STREAM:
        this.#reset(id, bytes, from, to);
        break;
      case FRAME.SETTINGS:
        this.#settings(flags, id, bytes, from, to);
        break;
      case FRAME.PING:
        this.#ping(flags, id, bytes, from, to);
        break;
      case FRAME.GOAWAY:
        this.#goAway(id, bytes, from, to);
        break;
      case FRAME.PUSH_PROMISE:
        throw new ConnectionError('push', 'the server pushes, and was told not to');
      default:
        if (type === FRAME.PRIORITY && id === 0) throw wrongStream('PRIORITY', id);
        this.#nuisance(type);
    }
  }

  /** RFC 9113, 3.4: a server says first what it takes. */
  #greet(type: number, flags: number): void {
    if (type !== FRAME.SETTINGS || flags & FLAG.ACK)
      throw new ConnectionError('preface', 'the server did not begin with SETTINGS');
    this.#hasGreeted = true;
  }

  #data(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    this.#take(size);
    let from = start;
    let to = end;
    if (flags & FLAG.PADDED) {
      to -= paddingOf(bytes, start, end);
      from += 1;
    }
    const isEnd = (flags & FLAG.END_STREAM) !== 0;
    if (from < to) this.#guard.moved();
    else if (!isEnd) this.#nuisance(FRAME.DATA);
    const stream = this.#connection.streamOf(id);
    if (!stream) {
      this.#toClosed(FRAME.DATA, id);
      return;
    }
    stream.isTouched = true;
    stream.exchange.bytesIn += size + 9;
    try {
      if (!stream.exchange.head) throw new StreamError('frame order', 'the body comes before the head');
      stream.data(bytes, from, to, size, isEnd);
    } catch (error) {
      this.#spoilt(stream, error);
    }
  }

  /** What comes on all streams together is taken into memory, so that more may come: each stream's window bounds it. */
  #take(size: number): void {
    this.#window -= size;
    if (this.#window < 0)
      throw new ConnectionError('window', 'more was sent than was allowed', 'FLOW_CONTROL_ERROR');
    if (this.#window >= CONNECTION_WINDOW / 2) return;
    this.#control.allow(0, CONNECTION_WINDOW - this.#window);
    this.#window = CONNECTION_WINDOW;
  }

  #headers(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if (flags & FLAG.PADDED) {
      to -= paddingOf(bytes, start, end);
      from += 1;
    }
    if (flags & FLAG.PRIORITY) from += 5;
    if (from > to) throw wrongSize('HEADERS', end - start);
    if (!this.#connection.hasOpened(id)) throw wrongStream('HEADERS', id);
    const isEnd = (flags & FLAG.END_STREAM) !== 0;
    if (flags & FLAG.END_HEADERS) this.#head(id, isEnd, bytes, from, to);
    else this.#block = new HeaderBlock(id, isEnd, bytes.subarray(from, to));
  }

  #continuation(flags: number, bytes: Buffer, from: number, to: number): void {
    const block = this.#block;
    if (!block) throw new ConnectionError('frame order', 'CONTINUATION follows no HEADERS');
    block.add(bytes.subarray(from, to));
    if ((flags & FLAG.END_HEADERS) === 0) return;
    this.#block = null;
    const whole = block.whole();
    this.#head(block.stream, block.isEnd, whole, 0, whole.length);
  }

  /** A whole header block: of a head, or of trailers. What nobody needs is decoded, too, for what it does to the table. */
  #head(id: number, isEnd: boolean, bytes: Buffer, from: number, to: number): void {
    const stream = this.#connection.streamOf(id);
    if (!stream) {
      this.#decode(true, bytes, from, to);
      this.#toClosed(FRAME.HEADERS, id);
      return;
    }
    const { exchange } = stream;
    stream.isTouched = true;
    if (exchange.bytesIn === 0) exchange.first = this.#now;
    exchange.bytesIn += to - from + 9;
    try {
      if (exchange.head) this.#trailers(isEnd, bytes, from, to);
      else if (!this.#answer(stream, isEnd, bytes, from, to)) return;
      if (!isEnd) return;
      stream.checkEnd();
      stream.end();
    } catch (error) {
      this.#spoilt(stream, error);
    }
  }

  /** @returns false for a head that another one follows (RFC 9110, 15.2) */
  #answer(stream: Stream, isEnd: boolean, bytes: Buffer, from: number, to: number): boolean {
    const head = this.#heads.read(bytes, from, to, () => this.#headIn(bytes, from, to));
    if (head.status >= 200) {
      this.#connection.answered(stream, head);
      return true;
    }
    if (head.status === 101) throw new StreamError('upgrade', 'the answer is 101, which HTTP/2 has not');
    if (isEnd) throw new StreamError('frame order', `the answer ends with ${head.status}`);
    this.#nuisance(FRAME.HEADERS);
    return false;
  }

  #headIn(bytes: Buffer, from: number, to: number): ResponseHead {
    this.#decode(false, bytes, from, to);
    return this.#fields.end();
  }

  #trailers(isEnd: boolean, bytes: Buffer, from: number, to: number): void {
    this.#decode(true, bytes, from, to);
    this.#fields.endTrailers();
    if (!isEnd) throw new StreamError('frame order', 'trailers do not end the answer');
  }

  #decode(isTrailers: boolean, bytes: Buffer, from: number, to: number): void {
    this.#fields.begin(isTrailers);
    this.#decoder.decode(bytes, from, to, this.#fields.take);
  }

  #windowUpdate(id: number, bytes: Buffer, from: number, to: number): void {
    if (to - from !== 4) throw wrongSize('WINDOW_UPDATE', to - from);
    const more = bytes.readUInt32BE(from) & LARGEST_WINDOW;
    const stream = id === 0 ? null : this.#connection.streamOf(id);
    if (stream === undefined) this.#toClosed(FRAME.WINDOW_UPDATE, id);
    else if (stream) this.#allowStream(stream, more);
    else if (more === 0) throw new ConnectionError('window', 'a window is made 0 bytes larger');
    if (!this.#connection.mayGoOn(stream === null ? more : 0)) this.#nuisance(FRAME.WINDOW_UPDATE);
  }

  #allowStream(stream: Stream, more: number): void {
    stream.sendWindow += more;
    if (more === 0) this.#spoilt(stream, new StreamError('window', 'a window is made 0 bytes larger'));
    else if (stream.sendWindow > LARGEST_WINDOW)
      this.#spoilt(stream, new StreamError('window', tooLarge().message, 'FLOW_CONTROL_ERROR'));
  }

  #reset(id: number, bytes: Buffer, from: number, to: number): void {
    if (to - from !== 4) throw wrongSize('RST_STREAM', to - from);
    const stream = this.#connection.streamOf(id);
    if (stream) this.#connection.resetByServer(stream, nameOf(bytes.readUInt32BE(from)));
    else this.#toClosed(FRAME.RST_STREAM, id);
  }

  #settings(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (id !== 0) throw wrongStream('SETTINGS', id);
    const size = to - from;
    if (size % 6 !== 0 || (flags & FLAG.ACK && size > 0)) throw wrongSize('SETTINGS', size);
    this.#nuisance(FRAME.SETTINGS);
    if ((flags & FLAG.ACK) === 0) this.#connection.settle(bytes, from, to);
  }

  #ping(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (id !== 0) throw wrongStream('PING', id);
    if (to - from !== 8) throw wrongSize('PING', to - from);
    this.#nuisance(FRAME.PING);
    if ((flags & FLAG.ACK) === 0) this.#control.pong(bytes.subarray(from, to));
  }

  #goAway(id: number, bytes: Buffer, from: number, to: number): void {
    if (id !== 0) throw wrongStream('GOAWAY', id);
    if (to - from < 8) throw wrongSize('GOAWAY', to - from);
    this.#nuisance(FRAME.GOAWAY);
    const last = bytes.readUInt32BE(from) & LARGEST_WINDOW;
    const code = nameOf(bytes.readUInt32BE(from + 4));
    const why = bytes.toString('latin1', from + 8, Math.min(to, from + 8 + MOST_TOLD));
    this.#connection.goAway(last, code, why.replace(/[^\x20-\x7e]/g, '?'));
  }

  /** Frames of a stream that is over: on their way when we ended it, or a mistake of the server (RFC 9113, 5.1). */
  #toClosed(type: number, id: number): void {
    if (!this.#connection.hasOpened(id)) throw wrongStream('a frame', id);
    this.#nuisance(type);
    const carriesAnswer = type === FRAME.DATA || type === FRAME.HEADERS;
    if (!carriesAnswer || this.#connection.mayHaveReset(id)) return;
    throw new ConnectionError(
      'stream id',
      `an answer goes on that had ended, on stream ${id}`,
      'STREAM_CLOSED',
    );
  }

  /** The answer on a stream is none; the others go on. */
  #spoilt(stream: Stream, error: unknown): void {
    if (!(error instanceof StreamError)) throw error;
    this.#connection.spoilt(stream, error);
  }

  /** @throws ConnectionError when there are too many such frames, or the server does not read what we answer */
  #nuisance(type: number): void {
    this.#guard.count(type, this.#now);
    if (this.#socket.writableLength <= MOST_UNREAD) return;
    const what = `${frameName(type)} flood`;
    throw new ConnectionError(what, 'the server asks on and on, and reads no answer', 'ENHANCE_YOUR_CALM');
  }
}

/** @returns bytes of padding, whose length is the first byte (RFC 9113, 6.1) */
function paddingOf(bytes: Buffer, from: number, to: number): number {
  const padding = bytes[from]!;
  if (from === to || padding >= to - from)
    throw new ConnectionError('padding', 'padding is longer than its frame');
  return padding;
}
