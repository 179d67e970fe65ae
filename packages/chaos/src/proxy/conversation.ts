import { Exchange, type Fate, type Wait } from '../contracts.ts';
import type { Dialogue, Found } from '../protocols/protocol.ts';
import type { Link } from './link.ts';

/** What a conversation needs of its connection. */
export interface Transport {
  readonly up: Link;
  readonly down: Link;
  readonly isClosed: boolean;
  /** Requests are asked for by a behaviour, so a command has to be known before its bytes go on. */
  readonly asksRequests: boolean;
  /** Asks the behaviours about a request, in order, until one takes it. */
  decide(exchange: Exchange): void;
  /** Answers a request in the backend's place. */
  answer(exchange: Exchange, answer: Extract<Fate, { kind: 'answer' }>): void;
  /** The bytes have no messages any more, or never had. */
  degrade(why: string): void;
  close(): void;
}

/** Follows what is said on a connection, so that behaviours know requests and answers. */
export interface Conversation {
  fromClient(chunk: Buffer): void;
  fromBackend(chunk: Buffer): void;
  /** No more comes from the client; what was kept back goes on. */
  clientEnded(): void;
  /** The request that is under way. */
  readonly current: Exchange;
  /** No request has begun and not ended. */
  readonly isBetweenRequests: boolean;
  readonly isBetweenAnswers: boolean;
}

/** Without boundaries a request is what the client sends until the backend, or somebody in its place, has answered. */
export class Turns implements Conversation {
  current: Exchange;
  readonly isBetweenRequests = true;
  readonly isBetweenAnswers = true;
  readonly #connection: Transport;
  #answered = true;

  constructor(connection: Transport, after: Exchange = new Exchange(0)) {
    this.#connection = connection;
    this.current = after;
  }

  fromClient(chunk: Buffer): void {
    const connection = this.#connection;
    const begins = this.#answered;
    if (begins) {
      this.#answered = false;
      this.current = new Exchange(this.current.number + 1);
      connection.decide(this.current);
    }
    const { fate } = this.current;
    if (fate.kind === 'pass')
      connection.up.send(chunk, this.current, begins ? this.current.before : undefined);
    else if (begins && fate.kind === 'answer') {
      this.#answered = true;
      connection.answer(this.current, fate);
    } else if (begins && fate.kind === 'close') connection.close();
    else if (begins) {
      connection.up.send(chunk, this.current, this.current.before, () => connection.close());
    }
  }

  fromBackend(chunk: Buffer): void {
    this.#answered = true;
    this.#connection.down.send(...startAnswer(this.current, chunk));
  }

  clientEnded(): void {}
}

/** The first bytes of an answer carry what behaviours want of it. */
function startAnswer(exchange: Exchange, chunk: Buffer): [Buffer, Exchange, Wait[]?] {
  if (exchange.answering) return [chunk, exchange];
  exchange.answering = true;
  return [exchange.garble ? exchange.garble(chunk) : chunk, exchange, exchange.after];
}

/** With a protocol, requests and answers are told apart and paired, pipelined ones too. */
export class Messages implements Conversation {
  current = new Exchange(0);
  readonly #connection: Transport;
  readonly #dialogue: Dialogue;
  /** Requests whose answers are still to come, in order. */
  readonly #open: Exchange[] = [];
  /** Beginnings of a request whose command is not known yet, kept back from the backend. */
  #kept: Buffer[] = [];
  #inRequest = false;
  #headed = false;
  #inAnswer = false;
  #count = 0;

  constructor(connection: Transport, dialogue: Dialogue) {
    this.#connection = connection;
    this.#dialogue = dialogue;
    for (let i = 0; i < dialogue.greetings; i++) this.#open.push(this.current);
  }

  get isBetweenRequests(): boolean {
    return !this.#inRequest;
  }

  get isBetweenAnswers(): boolean {
    return !this.#inAnswer;
  }

  /** Requests to which nothing is to happen go on together, as they came; every other one is cut out. */
  fromClient(chunk: Buffer): void {
    const dialogue = this.#dialogue;
    const connection = this.#connection;
    let start = 0; // of what was not yet sent on
    let at = 0;
    let found: Found = 'more';
    while ((at < chunk.length || found === 'head') && !connection.isClosed) {
      const messageAt = at;
      if (!this.#inRequest) this.#headed = false;
      this.#inRequest = true;
      at = dialogue.request(chunk, at);
      found = dialogue.found;
      if (found === 'head') {
        const before = this.current;
        if (!this.#begin(before)) continue;
        this.#forward(chunk.subarray(start, messageAt), before);
        start = messageAt;
        this.#release();
      } else if (found === 'end') {
        this.#inRequest = false;
        if (this.#finish(chunk.subarray(start, at))) start = at;
      } else if (found !== 'more') {
        this.#degrade(chunk.subarray(start));
        return;
      }
    }
    if (connection.isClosed || start === chunk.length) return;
    const rest = chunk.subarray(start);
    // Whether a request is hit is not known before its command is; until then its bytes may be overwritten.
    if (this.#inRequest && !this.#headed && connection.asksRequests) this.#kept.push(Buffer.from(rest));
    else this.#forward(rest, this.current);
  }

  /** A command is known. True when the request has to be cut out. */
  #begin(before: Exchange): boolean {
    const dialogue = this.#dialogue;
    const connection = this.#connection;
    this.#headed = true;
    if (dialogue.continues) return this.#kept.length > 0;
    this.current = new Exchange(++this.#count);
    dialogue.describe(this.current);
    connection.decide(this.current);
    if (dialogue.expectsAnswer && this.current.fate.kind === 'pass') this.#expect();
    return isOdd(before) || isOdd(this.current) || this.#kept.length > 0 || connection.up.cuts;
  }

  #expect(): void {
    if (this.#open.at(-1) !== this.current) this.#open.push(this.current);
  }

  /** What was kept back goes where its request goes. */
  #release(): void {
    const { current } = this;
    const kept = this.#kept;
    this.#kept = [];
    if (current.fate.kind === 'close') this.#connection.close();
    for (const bytes of kept) this.#forward(bytes, current);
  }

  /** A request is complete. True when its bytes have been dealt with. */
  #finish(bytes: Buffer): boolean {
    const { current } = this;
    const dialogue = this.#dialogue;
    const connection = this.#connection;
    const { fate } = current;
    if (fate.kind === 'pass') {
      if (dialogue.expectsAnswer) this.#expect();
      if (!connection.up.cuts) return false;
      this.#forward(bytes, current);
      connection.up.swap();
    } else if (fate.kind === 'answer') {
      if (dialogue.expectsAnswer || fate.close) this.#open.push(current);
      this.#answerNext();
    } else if (fate.kind === 'abort') {
      this.#forward(bytes, current, () => connection.close());
    }
    return true;
  }

  #forward(bytes: Buffer, exchange: Exchange, then?: () => void): void {
    if (bytes.length === 0 || exchange.fate.kind === 'answer' || exchange.fate.kind === 'close') return;
    const waits = exchange.asked ? undefined : exchange.before;
    exchange.asked = true;
    this.#connection.up.send(bytes, exchange, waits, then);
  }

  fromBackend(chunk: Buffer): void {
    const dialogue = this.#dialogue;
    const connection = this.#connection;
    const open = this.#open;
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      const exchange = open[0];
      this.#inAnswer = true;
      at = dialogue.response(chunk, at, exchange);
      if (dialogue.found === 'opaque' || dialogue.found === 'garbage') {
        connection.down.send(...startAnswer(exchange ?? this.current, chunk.subarray(start)));
        this.#degrade(null);
        return;
      }
      if (dialogue.found !== 'end') continue;
      this.#inAnswer = false;
      if (exchange !== undefined) open.shift();
      if (!connection.down.cuts && at < chunk.length && !standsOut(exchange) && !standsOut(open[0])) continue;
      connection.down.send(...startAnswer(exchange ?? this.current, chunk.subarray(start, at)));
      connection.down.swap();
      start = at;
      this.#answerNext();
    }
    if (start < chunk.length)
      connection.down.send(...startAnswer(open[0] ?? this.current, chunk.subarray(start)));
  }

  /** Answers in the backend's place what is next in line. */
  #answerNext(): void {
    for (let next = this.#open[0]; next?.fate.kind === 'answer'; next = this.#open[0]) {
      this.#open.shift();
      this.#connection.answer(next, next.fate);
    }
  }

  clientEnded(): void {
    for (const bytes of this.#kept) this.#connection.up.send(bytes, this.current);
    this.#kept = [];
  }

  /** From here on there are only bytes. */
  #degrade(rest: Buffer | null): void {
    const connection = this.#connection;
    const dialogue = this.#dialogue;
    const kept = this.#kept;
    const wasHit = this.#inRequest && this.#headed && this.current.fate.kind !== 'pass';
    this.#kept = [];
    connection.degrade(dialogue.why);
    const bytes = rest === null || wasHit ? kept : [...kept, rest];
    for (const part of bytes) connection.up.send(part, this.current);
    for (const exchange of this.#open) {
      if (exchange.fate.kind === 'answer') connection.answer(exchange, exchange.fate);
    }
  }
}

/** Something is to happen to the request. */
function isOdd(exchange: Exchange): boolean {
  return exchange.fate.kind !== 'pass' || exchange.before.length > 0;
}

/** Something is to happen to the answer. */
function standsOut(exchange: Exchange | undefined): boolean {
  return (
    exchange !== undefined &&
    (exchange.fate.kind !== 'pass' || exchange.after.length > 0 || exchange.garble !== null)
  );
}
