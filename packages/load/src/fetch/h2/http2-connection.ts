import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.ts';
import { type Failure, failureOf } from '../failure.ts';
import { mayResend } from '../may-resend.ts';
import type { SocketHolder } from '../open-socket.ts';
import { isReplayable } from '../request-body.ts';
import type { ResponseHead } from '../response-head.ts';
import { codeOf, type ErrorName, nameOf } from './error-codes.ts';
import { FloodGuard } from './flood-guard.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { FLAG, FRAME, FRAME_SIZE, frameName, LARGEST_WINDOW, WINDOW } from './frame-types.ts';
import { HeaderBlock } from './header-block.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { ConnectionError, StreamError } from './http2-error.ts';
import type { Http2Pool } from './http2-pool.ts';
import { KnownHeads } from './known-heads.ts';
import { RequestWriter } from './request-writer.ts';
import { ResponseFields } from './response-fields.ts';
import { readSettings, SETTING, unsaidSettings } from './settings.ts';
import { STREAM_WINDOW, Stream } from './stream.ts';

// Above 250 lines: every frame that comes changes what the connection knows of itself, and all of its fields are theirs.

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** What a server may send on all streams together before it is allowed more; what comes is taken at once. */
const CONNECTION_WINDOW = 8 * 1024 * 1024;
/** Numbers of streams that we have reset: what was on its way to them is no mistake. */
const MOST_RESET = 1000;
const LAST_STREAM = 2 ** 31 - 1;
/** Bytes that may wait for a server to read them before it gets no more answers to its frames. */
const MOST_UNREAD = 1024 * 1024;

/**
 * One connection of HTTP/2 of one user (RFC 9113): carries as many exchanges at a time as the server takes.
 *
 *     opening ─ opened ─▶ taking streams ─ GOAWAY, numbers used up ─▶ draining ─ last stream ─▶ destroyed
 */
export class Http2Connection implements SocketHolder, FrameSink {
  readonly #pool: Http2Pool;
  readonly #reader = new FrameReader(this);
  readonly #decoder = new HpackDecoder();
  readonly #fields = new ResponseFields();
  readonly #heads = new KnownHeads(this.#decoder);
  readonly #guard = new FloodGuard();
  readonly #streams = new Map<number, Stream>();
  readonly #reset = new Set<number>();
  readonly #server = unsaidSettings();
  #requests: RequestWriter | null = null;
  #socket: Socket | null = null;
  #giveUp: (() => void) | null = null;
  #destroyed = false;
  #draining = false;
  #next = 1;
  #hasGreeted = false;
  /** Exchanges that it has carried to their end. */
  #served = 0;
  /** When something was read last, ms of the clock. */
  #now = 0;
  /** Bytes that the server takes on all streams together, and that it may send. */
  #sendWindow = WINDOW;
  #window = CONNECTION_WINDOW;
  /** A header block that has not come to its end. */
  #block: HeaderBlock | null = null;
  /** Streams whose first part of a body is kept back while a read lasts. */
  #keptBack: Stream[] = [];
  /** Streams with something left to send. */
  readonly #uploads = new Set<Stream>();

  constructor(pool: Http2Pool) {
    this.#pool = pool;
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  get isOpening(): boolean {
    return this.#requests === null && !this.#destroyed;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** Whether another exchange can be sent now. */
  get hasRoom(): boolean {
    return this.#requests !== null && !this.#draining && this.#streams.size < this.#server.streams;
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
    const { frames } = client;
    this.#requests = new RequestWriter(client, socket, this.#server);
    client.connections.http2 += 1;
    frames.to(socket);
    frames.greet(PREFACE);
    frames.begin(FRAME.SETTINGS, 0, 0);
    for (const [id, value] of [
      [SETTING.ENABLE_PUSH, 0],
      [SETTING.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
      [SETTING.MAX_HEADER_LIST_SIZE, 64 * 1024],
    ] as const) {
      frames.add(Buffer.from([0, id]));
      frames.add32(value);
    }
    frames.end();
    this.allow(0, CONNECTION_WINDOW - WINDOW);
    socket.on('drain', () => this.#pump());
    this.#pool.release(this);
    return this;
  }

  /** Sends an exchange on a stream of its own; only where there is room. */
  start(exchange: Exchange): void {
    const { client } = this.#pool;
    const stream = new Stream(this, this.#next, exchange, this.#server.window);
    exchange.sent = exchange.waited ? client.now() : exchange.begun;
    if (!this.#requests!.takes(exchange)) return;
    this.#requests!.writeHead(stream);
    client.connections.streams += 1;
    exchange.isHttp2 = true;
    exchange.connection = stream;
    this.#streams.set(stream.id, stream);
    this.#next += 2;
    if (this.#next > LAST_STREAM) this.#drain(null);
    if (!stream.upload) return;
    this.#uploads.add(stream);
    this.#pump();
  }

  /** Bytes 0 … length of the thread's read buffer are ours. */
  received(bytes: Buffer, length: number): void {
    if (this.#destroyed) return;
    const { client } = this.#pool;
    client.reads += 1;
    this.#now = client.now();
    try {
      this.#reader.read(bytes, length);
      if (this.#keptBack.length > 0) for (const stream of this.#keptBack.splice(0)) stream.release();
      if (this.#draining && this.isIdle) this.destroy();
    } catch (error) {
      this.#broken(error);
    }
  }

  ended(): void {
    if (this.#destroyed) return;
    this.lost({ code: 'closed', message: 'the connection was closed before the end of the answer' });
  }

  /** The socket failed or is gone: what nothing has come of is sent again where it may be. */
  lost(failure: Failure): void {
    if (this.#destroyed) return;
    // One that never served any is not opened again and again.
    const hasServed = this.#served > 0;
    const streams = [...this.#streams.values()];
    this.destroy();
    for (const stream of streams) {
      const isStale = this.#served > 0 && !stream.isTouched;
      this.#give(stream, isStale && mayResend(stream.exchange), failure);
    }
    this.#pool.lost(hasServed, failure);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#giveUp?.();
    this.#socket?.destroy();
    for (const stream of this.#streams.values()) this.#over(stream);
    this.#streams.clear();
    this.#pool.remove(this);
  }

  /** More of a stream's body is there to be sent. */
  hasMore(stream: Stream): void {
    this.#uploads.add(stream);
    this.#pump();
  }

  /** A DATA frame's first part may be all of the body: whether it is, is known when the read is over. */
  keepBack(stream: Stream): void {
    this.#keptBack.push(stream);
  }

  /** The server may send so many bytes more; on all streams together, where `id` is 0 (RFC 9113, 6.9). */
  allow(id: number, bytes: number): void {
    this.#write(FRAME.WINDOW_UPDATE, 0, id, bytes);
  }

  /** Ends a stream from our side. */
  reset(stream: Stream, why: ErrorName): void {
    if (this.#destroyed) return;
    this.#write(FRAME.RST_STREAM, 0, stream.id, codeOf(why));
    if (this.#reset.size < MOST_RESET) this.#reset.add(stream.id);
    this.#close(stream);
    // Who has said nothing for the whole time is not asked again.
    const { failure, sent } = stream.exchange;
    if (failure?.code === 'timeout' && this.#now < sent) this.#drain(null);
    this.#freed();
  }

  /** The answer on a stream is whole. */
  finish(stream: Stream): void {
    const { exchange } = stream;
    exchange.ended = this.#now;
    this.#served += 1;
    this.#guard.answered();
    // It answered before it had the whole request (RFC 9113, 8.1).
    if (stream.upload) {
      this.#write(FRAME.RST_STREAM, 0, stream.id, codeOf('CANCEL'));
      if (this.#reset.size < MOST_RESET) this.#reset.add(stream.id);
    }
    this.#close(stream);
    exchange.finish();
    this.#freed();
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (this.#destroyed) return;
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
        this.#resetByServer(id, bytes, from, to);
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
    this.#window -= size;
    if (this.#window < 0)
      throw new ConnectionError('window', 'more was sent than was allowed', 'FLOW_CONTROL_ERROR');
    if (this.#window < CONNECTION_WINDOW / 2) {
      this.allow(0, CONNECTION_WINDOW - this.#window);
      this.#window = CONNECTION_WINDOW;
    }
    let from = start;
    let to = end;
    if (flags & FLAG.PADDED) {
      to -= paddingOf(bytes, start, end);
      from += 1;
    }
    const isEnd = (flags & FLAG.END_STREAM) !== 0;
    if (from < to) this.#guard.moved();
    else if (!isEnd) this.#nuisance(FRAME.DATA);
    const stream = this.#streams.get(id);
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

  #headers(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if (flags & FLAG.PADDED) {
      to -= paddingOf(bytes, start, end);
      from += 1;
    }
    if (flags & FLAG.PRIORITY) from += 5;
    if (from > to) throw new ConnectionError('frame size', 'HEADERS are too short', 'FRAME_SIZE_ERROR');
    if (id === 0 || id % 2 === 0 || id >= this.#next) throw wrongStream('HEADERS', id);
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

  /** A whole header block: of a head, or of trailers. */
  #head(id: number, isEnd: boolean, bytes: Buffer, from: number, to: number): void {
    const stream = this.#streams.get(id);
    if (!stream) {
      this.#fields.begin(true);
      this.#decoder.decode(bytes, from, to, this.#fields.take);
      this.#toClosed(FRAME.HEADERS, id);
      return;
    }
    const { exchange } = stream;
    stream.isTouched = true;
    if (exchange.bytesIn === 0) exchange.first = this.#now;
    exchange.bytesIn += to - from + 9;
    try {
      if (exchange.head) this.#trailers(isEnd, bytes, from, to);
      else {
        const head = this.#heads.read(bytes, from, to, () => this.#decodeHead(bytes, from, to));
        if (!this.#answer(stream, isEnd, head)) return;
      }
      if (!isEnd) return;
      stream.checkEnd();
      stream.end();
    } catch (error) {
      this.#spoilt(stream, error);
    }
  }

  /** @returns false for a head that another one follows (RFC 9110, 15.2) */
  #answer(stream: Stream, isEnd: boolean, head: ResponseHead): boolean {
    if (head.status < 200) {
      if (head.status === 101) throw new StreamError('upgrade', 'the answer is 101, which HTTP/2 has not');
      if (isEnd) throw new StreamError('frame order', `the answer ends with ${head.status}`);
      this.#nuisance(FRAME.HEADERS);
      return false;
    }
    if (this.#served === 0) this.#pool.answered(this.#socket!, head);
    stream.exchange.answer(head, stream);
    return true;
  }

  #trailers(isEnd: boolean, bytes: Buffer, from: number, to: number): void {
    this.#fields.begin(true);
    this.#decoder.decode(bytes, from, to, this.#fields.take);
    this.#fields.endTrailers();
    if (!isEnd) throw new StreamError('frame order', 'trailers do not end the answer');
  }

  #decodeHead(bytes: Buffer, from: number, to: number): ResponseHead {
    this.#fields.begin(false);
    this.#decoder.decode(bytes, from, to, this.#fields.take);
    return this.#fields.end();
  }

  #windowUpdate(id: number, bytes: Buffer, from: number, to: number): void {
    if (to - from !== 4) throw wrongSize('WINDOW_UPDATE', to - from);
    const more = bytes.readUInt32BE(from) & LARGEST_WINDOW;
    if (id === 0) {
      if (more === 0) throw new ConnectionError('window', 'a window is made 0 bytes larger');
      this.#sendWindow += more;
      if (this.#sendWindow > LARGEST_WINDOW) throw tooLarge();
    } else {
      const stream = this.#streams.get(id);
      if (!stream) {
        this.#toClosed(FRAME.WINDOW_UPDATE, id);
        return;
      }
      stream.sendWindow += more;
      if (more === 0 || stream.sendWindow > LARGEST_WINDOW) {
        const what = more === 0 ? 'a window is made 0 bytes larger' : 'a window is made too large';
        const said = more === 0 ? 'PROTOCOL_ERROR' : 'FLOW_CONTROL_ERROR';
        this.#spoilt(stream, new StreamError('window', what, said));
        return;
      }
    }
    if (this.#uploads.size > 0) this.#pump();
    else this.#nuisance(FRAME.WINDOW_UPDATE);
  }

  #resetByServer(id: number, bytes: Buffer, from: number, to: number): void {
    if (to - from !== 4) throw wrongSize('RST_STREAM', to - from);
    const stream = this.#streams.get(id);
    if (!stream) {
      this.#toClosed(FRAME.RST_STREAM, id);
      return;
    }
    const code = nameOf(bytes.readUInt32BE(from));
    this.#close(stream);
    const failure = { code: `reset: ${code}`, message: `the server reset the stream with ${code}` };
    this.#give(stream, code === 'REFUSED_STREAM' && maySendAgain(stream.exchange), failure);
    this.#freed();
  }

  #settings(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (id !== 0) throw wrongStream('SETTINGS', id);
    const size = to - from;
    if (size % 6 !== 0 || (flags & FLAG.ACK && size > 0)) throw wrongSize('SETTINGS', size);
    this.#nuisance(FRAME.SETTINGS);
    if (flags & FLAG.ACK) return;
    const before = this.#server.window;
    readSettings(this.#server, bytes, from, to);
    const more = this.#server.window - before;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += more;
      if (stream.sendWindow > LARGEST_WINDOW) throw tooLarge();
    }
    this.#requests!.changed();
    this.#write(FRAME.SETTINGS, FLAG.ACK, 0, null);
    this.#pump();
    this.#pool.release(this);
  }

  #ping(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (id !== 0) throw wrongStream('PING', id);
    if (to - from !== 8) throw wrongSize('PING', to - from);
    this.#nuisance(FRAME.PING);
    if (flags & FLAG.ACK) return;
    const { frames } = this.#pool.client;
    frames.to(this.#socket!);
    frames.begin(FRAME.PING, FLAG.ACK, 0);
    frames.add(bytes.subarray(from, to));
    frames.end();
  }

  /** RFC 9113, 6.8: what is above the last stream was not processed, and goes on another connection. */
  #goAway(id: number, bytes: Buffer, from: number, to: number): void {
    if (id !== 0) throw wrongStream('GOAWAY', id);
    if (to - from < 8) throw wrongSize('GOAWAY', to - from);
    this.#nuisance(FRAME.GOAWAY);
    const last = bytes.readUInt32BE(from) & LARGEST_WINDOW;
    const code = nameOf(bytes.readUInt32BE(from + 4));
    const why = bytes.toString('latin1', from + 8, Math.min(to, from + 108)).replace(/[^\x20-\x7e]/g, '?');
    const failure = {
      code: `goaway: ${code}`,
      message: `the server goes away with ${code}${why ? `: ${why}` : ''}`,
    };
    this.#drain(failure);
    for (const stream of [...this.#streams.values()]) {
      if (stream.id <= last && code === 'NO_ERROR') continue;
      this.#close(stream);
      this.#give(stream, stream.id > last && maySendAgain(stream.exchange), failure);
    }
  }

  /** Frames of a stream that is over: on their way when we ended it, or a mistake of the server (RFC 9113, 5.1). */
  #toClosed(type: number, id: number): void {
    if (id === 0 || id % 2 === 0 || id >= this.#next) throw wrongStream('a frame', id);
    this.#nuisance(type);
    const carriesAnswer = type === FRAME.DATA || type === FRAME.HEADERS;
    if (!carriesAnswer || this.#reset.has(id) || this.#reset.size >= MOST_RESET) return;
    throw new ConnectionError(
      'stream id',
      `an answer goes on that had ended, on stream ${id}`,
      'STREAM_CLOSED',
    );
  }

  /** The answer on a stream is none; the others go on. */
  #spoilt(stream: Stream, error: unknown): void {
    if (!(error instanceof StreamError)) throw error;
    if (!stream.isOver) {
      this.#write(FRAME.RST_STREAM, 0, stream.id, codeOf(error.said));
      if (this.#reset.size < MOST_RESET) this.#reset.add(stream.id);
      this.#close(stream);
    }
    stream.exchange.connection = null;
    stream.exchange.fail(failureOf(error));
    this.#freed();
  }

  /** The server does not keep to HTTP/2: it is told, and the connection is over for all streams. */
  #broken(error: unknown): void {
    if (error instanceof ConnectionError && this.#hasGreeted) {
      const { frames } = this.#pool.client;
      frames.to(this.#socket!);
      frames.begin(FRAME.GOAWAY, 0, 0);
      frames.add32(0);
      frames.add32(codeOf(error.said));
      frames.end();
      frames.flush();
    }
    const failure = failureOf(error);
    const hasServed = this.#served > 0;
    const streams = [...this.#streams.values()];
    this.destroy();
    for (const { exchange } of streams) exchange.fail(failure);
    this.#pool.lost(hasServed, failure);
  }

  /** @throws ConnectionError when there are too many such frames, or the server does not read what we answer */
  #nuisance(type: number): void {
    this.#guard.count(type, this.#now);
    if (this.#socket!.writableLength <= MOST_UNREAD) return;
    const what = `${frameName(type)} flood`;
    throw new ConnectionError(what, 'the server asks on and on, and reads no answer', 'ENHANCE_YOUR_CALM');
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

  /** A stream is over; what becomes of its exchange is another's to say. */
  #close(stream: Stream): void {
    this.#streams.delete(stream.id);
    this.#over(stream);
  }

  #over(stream: Stream): void {
    stream.isOver = true;
    stream.exchange.connection = null;
    if (!stream.upload) return;
    this.#uploads.delete(stream);
    stream.upload.settle();
  }

  #give({ exchange }: Stream, again: boolean, failure: Failure): void {
    if (!again) {
      exchange.fail(failure);
      return;
    }
    exchange.resent = true;
    exchange.bytesOut = 0;
    this.#pool.dispatch(exchange);
  }

  /** Sends what windows and socket allow, a frame of each stream in turn. */
  #pump(): void {
    const { frames } = this.#pool.client;
    for (let goesOn = this.#uploads.size > 0; goesOn; ) {
      goesOn = false;
      for (const stream of this.#uploads) {
        if (frames.isFull(this.#socket!)) {
          stream.upload!.waited = true;
          return;
        }
        const most = Math.min(this.#sendWindow, stream.sendWindow, this.#server.frame, FRAME_SIZE);
        const sent = this.#requests!.writeBody(stream, most);
        this.#sendWindow -= sent;
        stream.sendWindow -= sent;
        if (!stream.upload) this.#uploads.delete(stream);
        else if (sent > 0) goesOn = true;
      }
    }
  }

  /** A frame of one number, or of none. */
  #write(type: number, flags: number, id: number, value: number | null): void {
    const { frames } = this.#pool.client;
    frames.to(this.#socket!);
    frames.begin(type, flags, id);
    if (value !== null) frames.add32(value);
    frames.end();
  }
}

/** What was not processed may be sent again, whatever it is; but not for ever. */
function maySendAgain({ resent, request }: Exchange): boolean {
  return !resent && isReplayable(request.body);
}

/** @returns bytes of padding, whose length is the first byte (RFC 9113, 6.1) */
function paddingOf(bytes: Buffer, from: number, to: number): number {
  const padding = bytes[from]!;
  if (from === to || padding >= to - from)
    throw new ConnectionError('padding', 'padding is longer than its frame');
  return padding;
}

function wrongSize(what: string, size: number): ConnectionError {
  return new ConnectionError('frame size', `${what} of ${size} bytes`, 'FRAME_SIZE_ERROR');
}

function wrongStream(what: string, id: number): ConnectionError {
  return new ConnectionError('stream id', `${what} on stream ${id}`);
}

function tooLarge(): ConnectionError {
  return new ConnectionError('window', 'a window is made too large', 'FLOW_CONTROL_ERROR');
}
