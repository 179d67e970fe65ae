import { HeadCache } from './head-cache.ts';
import { ParseError } from './parse-error.ts';
import { parseHead, type ResponseHead } from './response-head.ts';

/** What a parser tells about the answer it reads, in this order: head, parts of the body, end. */
export interface ResponseSink {
  head(head: ResponseHead): void;
  /** A part of the body. The bytes are the reader's own buffer: copy what is kept. */
  body(bytes: Buffer, from: number, to: number): void;
  /** The whole body at once, as latin1 (one character a byte), in place of any `body`. */
  whole(body: string): void;
  end(): void;
}

const LONGEST_HEAD = 64 * 1024;
const LONGEST_LINE = 16 * 1024;
/** Up to here a read is made a string in one go, head and body: the answer of most requests. */
const SMALL = 8 * 1024;

const heads = new HeadCache();

const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9'];

type State =
  | 'idle'
  | 'head'
  | 'fixed'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'until-close';

/**
 * Reads answers of HTTP/1.1 from a stream of bytes, split in whatever way. Strict where leniency would let one answer
 * leak into another: lines end in CRLF, lengths are digits, nothing is folded.
 *
 *     idle ─ expect ─▶ head ─┬─▶ fixed ────────────────────────────────┬─▶ idle
 *                      ▲  │  ├─▶ chunk-size ⇄ chunk-data, chunk-end    │
 *                      └─1xx │        └──────▶ trailer ────────────────┤
 *                            └─▶ until-close ─ close ──────────────────┘
 */
export class ResponseParser {
  readonly #sink: ResponseSink;
  #state: State = 'idle';
  #bodiless = false;
  /** A head or a line that has not come to its end, as latin1. */
  #partial = '';
  /** The head of the answer before, with the empty line: mostly the next one is the same, and known by comparing. */
  #before = '';
  #headBefore: ResponseHead | null = null;
  /** Bytes that are left of a fixed body or a chunk. */
  #left = 0;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Whether an answer is awaited or being read. */
  get busy(): boolean {
    return this.#state !== 'idle';
  }

  /** Whether nothing of the awaited answer has come. */
  get untouched(): boolean {
    return this.#state === 'head' && this.#partial === '';
  }

  /** An answer to `method` comes next. */
  expect(method: string): void {
    this.#state = 'head';
    this.#bodiless = method === 'HEAD';
  }

  /**
   * Reads bytes 0 … length of `bytes`.
   * @returns how many it took: fewer than `length` when the answer ended before, and something follows it
   * @throws ParseError after which the parser is of no more use
   */
  read(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length && this.#state !== 'idle') at = this.#step(bytes, at, length);
    return at;
  }

  /**
   * The stream has ended.
   * @returns true when that is where the answer was to end
   */
  close(): boolean {
    if (this.#state !== 'until-close') return false;
    this.#finish();
    return true;
  }

  #step(bytes: Buffer, at: number, length: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at, length);
      case 'fixed':
        return this.#readFixed(bytes, at, length);
      case 'until-close':
        this.#sink.body(bytes, at, length);
        return length;
      case 'chunk-size':
        return this.#readLine(bytes, at, length, 'chunk size');
      case 'chunk-data':
        return this.#readChunk(bytes, at, length);
      case 'chunk-end':
        return this.#readLine(bytes, at, length, 'chunk end');
      default:
        return this.#readLine(bytes, at, length, 'trailer');
    }
  }

  #readHead(bytes: Buffer, at: number, length: number): number {
    if (this.#partial === '' && this.#headBefore && length - at <= SMALL) {
      const bodyAt = at + this.#before.length;
      if (bodyAt <= length && bytes.toString('latin1', at, bodyAt) === this.#before)
        return this.#begin(this.#headBefore, bodyAt, bytes.toString('latin1', bodyAt, length));
    }
    if (this.#partial === '') {
      // Some servers end their last answer with one line end more than it has (RFC 9112, 2.2).
      let begin = at;
      while (begin < length && (bytes[begin] === 0x0d || bytes[begin] === 0x0a)) begin += 1;
      if (begin > at) return begin;
    }
    const before = this.#partial.length;
    let text = this.#partial + bytes.toString('latin1', at, Math.min(length, at + SMALL));
    let end = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0 && length - at > SMALL) {
      text += bytes.toString('latin1', at + SMALL, length);
      end = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
    }
    if ((end < 0 ? text.length : end) > LONGEST_HEAD) {
      throw new ParseError('header too large', `the head is longer than ${LONGEST_HEAD / 1024} KB`);
    }
    if (end < 0) {
      this.#refuseHopeless(text);
      this.#partial = text;
      return length;
    }
    this.#partial = '';
    const head = heads.parse(text.slice(0, end));
    const bodyAt = at + end + 4 - before;
    if (head.status < 200) {
      if (head.status === 101)
        throw new ParseError('upgrade', 'the answer is 101, and no upgrade was asked for');
      return bodyAt;
    }
    if (before === 0 && end <= SMALL) {
      // Read anew, because comparing with a part of a longer string is slow.
      this.#before = bytes.toString('latin1', at, bodyAt);
      this.#headBefore = head;
    }
    const bodyIn = length - at <= SMALL ? text.slice(end + 4) : null;
    return this.#begin(head, bodyAt, bodyIn);
  }

  /** Says now what can only become an error: who waits for the end of a head that is none waits for the timeout. */
  #refuseHopeless(text: string): void {
    const start = text.slice(0, 8);
    if (!VERSIONS.some((version) => version.startsWith(start))) {
      throw new ParseError('status line', `the answer begins with ${JSON.stringify(text.slice(0, 80))}`);
    }
    const line = text.indexOf('\r\n');
    if (line >= 0) parseHead(text.slice(0, line));
  }

  /** @returns where the reading goes on */
  #begin(head: ResponseHead, bodyAt: number, body: string | null): number {
    this.#sink.head(head);
    const { status, contentLength } = head;
    if (this.#bodiless || status === 204 || status === 304 || contentLength === 0) {
      this.#sink.whole('');
      this.#finish();
    } else if (head.chunked) {
      this.#state = 'chunk-size';
    } else if (contentLength === null) {
      this.#state = 'until-close';
    } else if (body !== null && body.length >= contentLength) {
      this.#sink.whole(body.length === contentLength ? body : body.slice(0, contentLength));
      this.#finish();
      return bodyAt + contentLength;
    } else {
      this.#state = 'fixed';
      this.#left = contentLength;
    }
    return bodyAt;
  }

  #readFixed(bytes: Buffer, at: number, length: number): number {
    const to = Math.min(length, at + this.#left);
    this.#left -= to - at;
    this.#sink.body(bytes, at, to);
    if (this.#left === 0) this.#finish();
    return to;
  }

  #readChunk(bytes: Buffer, at: number, length: number): number {
    const to = Math.min(length, at + this.#left);
    this.#left -= to - at;
    this.#sink.body(bytes, at, to);
    if (this.#left === 0) this.#state = 'chunk-end';
    return to;
  }

  /** Reads to the end of a line, over as many reads as it takes, and acts on it. */
  #readLine(bytes: Buffer, at: number, length: number, part: string): number {
    let end = at;
    while (end < length && bytes[end] !== 0x0a) end += 1;
    this.#partial += bytes.toString('latin1', at, end);
    if (this.#partial.length > LONGEST_LINE) throw new ParseError(part, 'a line has no end');
    if (end === length) return length;
    const line = this.#partial;
    this.#partial = '';
    if (!line.endsWith('\r')) throw new ParseError(part, 'a line does not end in CRLF');
    this.#actOnLine(line.slice(0, -1));
    return end + 1;
  }

  #actOnLine(line: string): void {
    if (this.#state === 'chunk-size') {
      this.#left = chunkSize(line);
      this.#state = this.#left === 0 ? 'trailer' : 'chunk-data';
    } else if (this.#state === 'chunk-end') {
      if (line !== '') throw new ParseError('chunk end', 'a chunk is longer than it said');
      this.#state = 'chunk-size';
    } else if (line === '') {
      this.#finish();
    } else {
      parseHead(`HTTP/1.1 200\r\n${line}`);
    }
  }

  #finish(): void {
    this.#state = 'idle';
    this.#sink.end();
  }
}

// RFC 9112, 7.1 and 7.1.1, without the optional whitespace, as Node reads it; extensions are read over.
const SIZE_LINE =
  /^([\dA-Fa-f]{1,13})(?:;[!#$%&'*+\-.^_`|~\dA-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*$/;

function chunkSize(line: string): number {
  const size = SIZE_LINE.exec(line);
  if (!size) throw new ParseError('chunk size', `a chunk's size is ${JSON.stringify(line.slice(0, 40))}`);
  return Number.parseInt(size[1]!, 16);
}
