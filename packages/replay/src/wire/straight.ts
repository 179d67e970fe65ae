import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { HttpBody, HttpHead, ReadBuffer, readAccepted, skipEmptyLines, writeAtOnce } from '@marteau/net';
import { directly } from '../upstream/direct.ts';
import { upstreamFailure } from '../upstream/upstream.ts';
import type { WireSample } from './messages.ts';
import { answerHead, backHead, type StraightHead, straightHead, withTrace } from './straight-head.ts';

/** What connections to one server by plain HTTP are passed on with. */
export interface Straight {
  /** As `http://shop.test:8080`. */
  readonly origin: string;
  readonly marks: readonly (readonly [string, string])[];
  /** What was read of heads, by their texts. */
  readonly heads: Map<string, StraightHead | string>;
  /** ms that the next request has to wait. */
  wait(): number;
  began(): void;
  done(sample: WireSample): void;
}

/** A request that has gone on, and whose answer is not over. */
interface Open {
  readonly method: string;
  readonly url: string;
  readonly start: number;
  bytesOut: number;
  bytesIn: number;
  status: number;
}

/** Heads that are kept, and how long they are at most. */
const MOST_HEADS = 1000;
const LONGEST_KEPT = 2048;

const BAD =
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
const GATEWAY = BAD.replace('400 Bad Request', '502 Bad Gateway');

/**
 * One connection of a client, passed on as it comes to one of the server's: bytes are not taken apart but for the heads,
 * of which requests get marks. So a request costs four system calls, and little else.
 *
 *     client ─▶ head: marks ─▶ body ─▶ server ─▶ head: status ─▶ body ─▶ client, and a sample
 */
export class StraightConnection {
  readonly #with: Straight;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #host: string;
  readonly #here: string;
  /** In the order in which their answers come. */
  readonly #open: Open[] = [];
  readonly #head = new HttpHead();
  #body: HttpBody | null = null;
  readonly #answerHead = new HttpHead();
  #answerBody: HttpBody | null = null;
  /** The end of the connection is the answer's. */
  #endsAnswer = false;
  /** What came while a request waits for its turn. */
  #held: Buffer | null = null;
  #isOver = false;

  /** @param accepted a connection; `first` of it was read already */
  constructor(accepted: Socket, first: Buffer, options: Straight) {
    this.#with = options;
    const { hostname, port, host } = new URL(options.origin);
    this.#host = host;
    this.#here = `${accepted.localAddress}:${accepted.localPort}`;
    const fromServer = new ReadBuffer((chunk) => this.#answer(chunk));
    const to = {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 80),
      noDelay: true,
      onread: fromServer,
    };
    this.#server = connect(directly(to as NetConnectOpts));
    this.#client = readAccepted(accepted, (chunk) => this.#ask(chunk));
    this.#server.on('error', (error) => this.#fail(error));
    this.#server.on('end', () => this.#answered());
    this.#server.on('close', () => this.#fail(Object.assign(new Error('ended'), { code: 'ECONNRESET' })));
    this.#client.on('error', () => this.#gone());
    this.#client.on('end', () => this.#gone());
    this.#client.on('close', () => this.#gone());
    // Their ends are told to who reads on.
    this.#server.resume();
    this.#client.resume();
    this.#ask(first);
  }

  /** @returns whether nobody keeps the bytes */
  #ask(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    if (this.#held !== null) {
      this.#held = Buffer.concat([this.#held, chunk]);
      return true;
    }
    let at = 0;
    let isFree = true;
    while (at < chunk.length && !this.#isOver) {
      if (this.#body !== null) {
        const end = this.#body.skip(chunk, at);
        if (this.#body.isGarbage) return this.#refuse('The body of the request is not as it should be.');
        const last = this.#open.at(-1);
        if (last) last.bytesOut += end - at;
        isFree = this.#send(this.#server, chunk.subarray(at, end), this.#client) && isFree;
        at = end;
        if (this.#body.isComplete) this.#body = null;
        continue;
      }
      if (!this.#head.isOpen) at = skipEmptyLines(chunk, at);
      if (at >= chunk.length) break;
      const end = this.#head.take(chunk, at);
      if (end < 0) {
        if (this.#head.isTooLong) this.#refuse('The head of the request is longer than 64 KB.');
        break;
      }
      const text = this.#head.taken.toString('latin1');
      const wait = this.#with.wait();
      if (wait > 0) {
        this.#hold(text, Buffer.from(chunk.subarray(end)), wait);
        return isFree;
      }
      this.#pass(text);
      at = end;
    }
    return isFree;
  }

  /** A request waits for its turn, and all behind it. */
  #hold(head: string, rest: Buffer, wait: number): void {
    this.#held = rest;
    this.#client.pause();
    setTimeout(() => {
      const held = this.#held!;
      this.#held = null;
      if (this.#isOver) return;
      // Before anything is written, which pauses it where it has to wait.
      this.#client.resume();
      this.#pass(head);
      if (held.length > 0) this.#ask(held);
    }, wait);
  }

  #pass(text: string): void {
    const head = this.#headOf(text);
    if (typeof head === 'string') return void this.#refuse(head);
    const {
      method,
      target,
      body: [left, isChunked],
    } = head;
    this.#with.began();
    this.#open.push({ method, url: target, start: performance.now(), bytesOut: 0, bytesIn: 0, status: 0 });
    this.#body = left > 0 || isChunked ? new HttpBody(left, isChunked, true) : null;
    this.#send(this.#server, Buffer.from(withTrace(head), 'latin1'), this.#client);
  }

  /** Clients ask the same again and again. */
  #headOf(text: string): StraightHead | string {
    const { heads, marks } = this.#with;
    const known = heads.get(text);
    if (known !== undefined) return known;
    const head = straightHead(text, { host: this.#host, marks });
    if (heads.size >= MOST_HEADS) heads.clear();
    if (text.length < LONGEST_KEPT) heads.set(text, head);
    return head;
  }

  #answer(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    let at = 0;
    let from = 0;
    let isFree = true;
    while (at < chunk.length) {
      const open = this.#open[0];
      if (open === undefined) break; // nobody asked for this
      if (this.#answerBody === null) {
        const isSplit = this.#answerHead.isOpen;
        const end = this.#answerHead.take(chunk, at);
        if (end < 0) {
          if (this.#answerHead.isTooLong) this.#server.destroy(new Error('its head is longer than 64 KB'));
          if (from < at) isFree = this.#send(this.#client, chunk.subarray(from, at), this.#server) && isFree;
          return isFree;
        }
        const { status, body, isBack, text } = answerHead(
          this.#answerHead.taken.toString('latin1'),
          this.#host,
        );
        open.status = status;
        if (isSplit || isBack) {
          if (from < at) isFree = this.#send(this.#client, chunk.subarray(from, at), this.#server) && isFree;
          const head = isBack ? backHead(text, this.#host, this.#here) : text;
          isFree = this.#send(this.#client, Buffer.from(head, 'latin1'), this.#server) && isFree;
          from = end;
        }
        at = end;
        if (status >= 100 && status < 200) continue;
        const isEmpty = open.method === 'HEAD' || status === 204 || status === 304;
        this.#endsAnswer = !isEmpty && body[0] === Number.POSITIVE_INFINITY;
        this.#answerBody = isEmpty ? HttpBody.bytes(0) : new HttpBody(...body);
      } else {
        const end = this.#answerBody.skip(chunk, at);
        open.bytesIn += end - at;
        at = end;
        if (this.#answerBody.isGarbage) break;
      }
      if (this.#answerBody?.isComplete) this.#over(open, '');
    }
    if (from < at) isFree = this.#send(this.#client, chunk.subarray(from, at), this.#server) && isFree;
    return isFree;
  }

  #over(open: Open, error: string): void {
    this.#open.shift();
    this.#answerBody = null;
    const { start, status, ...told } = open;
    const time = (performance.now() - start) * 1000;
    this.#with.done({ at: Date.now(), time, ...told, status: error === '' ? status : 0, error });
  }

  /** The server has ended the connection: an answer without a length ends so. */
  #answered(): void {
    const [open] = this.#open;
    if (open && this.#endsAnswer && !this.#isOver) {
      this.#over(open, '');
      this.#end();
      this.#client.end();
      return;
    }
    this.#fail(Object.assign(new Error('ended'), { code: 'ECONNRESET' }));
  }

  /** The server is not there, or is no more: whoever waits is told as well as can be. */
  #fail(error: NodeJS.ErrnoException): void {
    if (this.#isOver) return;
    const isUntold = this.#open.length > 0 && this.#open[0]!.status === 0;
    for (const open of [...this.#open]) this.#over(open, error.code ?? error.message);
    this.#end();
    if (isUntold) this.#client.end(`${GATEWAY}${upstreamFailure(this.#with.origin, error)}\n`);
    else this.#client.destroy();
  }

  #refuse(sentence: string): true {
    this.#gone(false);
    this.#client.end(`${BAD}${sentence}\n`);
    return true;
  }

  #gone(isClosed = true): void {
    if (this.#isOver) return;
    for (const open of [...this.#open]) this.#over(open, 'the client went away');
    this.#end();
    if (isClosed) this.#client.destroy();
  }

  #end(): void {
    this.#isOver = true;
    this.#server.destroy();
  }

  /** @param from is not read on until the kernel takes more @returns whether nobody keeps the bytes */
  #send(to: Socket, bytes: Buffer, from: Socket): boolean {
    const readOn = (): void => {
      if (from !== this.#client || this.#held === null) from.resume();
    };
    const written = writeAtOnce(to, bytes, readOn);
    if (written === 'taken') return true;
    if (written === 'waiting') {
      from.pause();
      return false;
    }
    if (!to.write(bytes)) {
      from.pause();
      to.once('drain', readOn);
    }
    return false;
  }
}
