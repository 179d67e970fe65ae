import type { Exchange, Fate } from '../contracts.ts';
import { startAnswer, type Transport } from './conversation.ts';

type Answer = Extract<Fate, { kind: 'answer' }>;

/** A request that may yet have to go on as it came is kept up to here. */
const LONGEST_HELD = 1024 * 1024;

/** Requests whose answers are still to come, in order: the backend's, and those in its place. */
export class OpenRequests {
  readonly #open: Exchange[] = [];
  /** Of those that are to be answered here. */
  #waiting = 0;
  /** The one that is to be answered here and has not ended. */
  #unfinished: Exchange | null = null;
  #held: Map<Exchange, Buffer[] | null> | null = null;
  /** What the backend has said so far to what it got in a request's place. */
  #swallowed: Buffer[] = [];
  readonly #connection: Transport;

  constructor(connection: Transport) {
    this.#connection = connection;
  }

  get next(): Exchange | undefined {
    return this.#open[0];
  }

  /** One of them is to be answered here. */
  get isAnyWaiting(): boolean {
    return this.#waiting > 0;
  }

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  add(exchange: Exchange): void {
    if (this.#open.at(-1) === exchange) return;
    this.#open.push(exchange);
    if (exchange.fate.kind === 'answer') this.#waiting++;
  }

  /** One that is to be answered here, and gets a part of it before it has ended. */
  addAhead(exchange: Exchange): void {
    this.add(exchange);
    this.#unfinished = exchange;
  }

  finish(exchange: Exchange): void {
    if (this.#unfinished === exchange) this.#unfinished = null;
  }

  /** The backend has answered the next one. */
  answered(): void {
    const exchange = this.#open.shift();
    if (exchange?.fate.kind === 'answer') this.#waiting--;
  }

  /** Answers in the backend's place what is next in line. */
  answerNext(): void {
    const connection = this.#connection;
    for (let next = this.#open[0]; next?.fate.kind === 'answer'; next = this.#open[0]) {
      const { fate } = next;
      if (fate.instead) return;
      if (fate.ahead && !next.answering) {
        connection.answer(next, fate.ahead, fate.close);
        next.answering = true;
      }
      if (next === this.#unfinished) return;
      this.answered();
      this.#held?.delete(next);
      connection.answer(next, bytesBehind(fate), fate.close);
    }
  }

  /** Passes on a part of an answer; one to what the backend got in a request's place stays here. */
  pass(exchange: Exchange, bytes: Buffer): void {
    if (isReplaced(exchange)) this.#swallowed.push(Buffer.from(bytes));
    else this.#connection.down.send(...startAnswer(exchange, bytes));
  }

  /** Passes on the end of an answer. */
  passLast(exchange: Exchange, bytes: Buffer): void {
    if (!isReplaced(exchange)) {
      this.pass(exchange, bytes);
      return;
    }
    this.#swallowed = [];
    this.#connection.answer(exchange, bytesOf(exchange.fate), exchange.fate.close);
  }

  /** Passes on what belongs to no answer, and so waits for nothing. */
  passAside(exchange: Exchange, bytes: Buffer): void {
    for (const part of [...this.#swallowed, bytes]) this.#connection.down.send(part, exchange);
    this.#swallowed = [];
  }

  /** Answers here whatever can be, in line or not. */
  answerAll(): void {
    for (const bytes of this.#swallowed) this.#connection.down.send(bytes, this.#open[0]!);
    for (const exchange of this.#open) {
      const { fate } = exchange;
      if (fate.kind !== 'answer' || fate.instead) continue;
      this.#connection.answer(exchange, exchange.answering ? bytesBehind(fate) : bytesOf(fate), fate.close);
    }
    this.#open.length = 0;
    this.#waiting = 0;
  }

  /** Keeps bytes of a request that is to be answered here, but has to wait for others. */
  hold(exchange: Exchange, bytes: Buffer): void {
    if (this.isEmpty || this.next === exchange || bytes.length === 0) return;
    this.#held ??= new Map();
    const held = this.#held.get(exchange);
    if (held === null) return;
    const length = held?.reduce((sum, part) => sum + part.length, 0) ?? 0;
    if (length + bytes.length > LONGEST_HELD) this.#held.set(exchange, null);
    else this.#held.set(exchange, [...(held ?? []), Buffer.from(bytes)]);
  }

  /**
   * Passes on as they came those that were to be answered here. False where that would change the order: one behind
   * them has gone on, or is on its way; or where one was too long to be kept.
   */
  giveUp(current: Exchange): boolean {
    const from = this.#open.findIndex(({ fate }) => fate.kind === 'answer');
    const those = this.#open.slice(from);
    if (those.at(-1) !== current) return false;
    if (!those.every(({ fate, answering }) => fate.kind === 'answer' && !fate.instead && !answering))
      return false;
    const held = those.map((exchange) => this.#held?.get(exchange));
    if (!held.every((parts) => parts)) return false;
    for (const [i, exchange] of those.entries()) {
      exchange.fate = { kind: 'pass' };
      exchange.asked = true;
      for (const part of held[i]!) this.#connection.up.send(part, exchange);
    }
    this.#waiting = 0;
    return true;
  }
}

/** Something is to happen to the request. */
export function isOdd(exchange: Exchange): boolean {
  return exchange.fate.kind !== 'pass' || exchange.before.length > 0;
}

/** Something is to happen to the answer. */
export function standsOut(exchange: Exchange | undefined): boolean {
  return (
    exchange !== undefined &&
    (exchange.fate.kind !== 'pass' || exchange.after.length > 0 || exchange.garble !== null)
  );
}

/** The backend got something else in its place. */
function isReplaced(exchange: Exchange): exchange is Exchange & { fate: Answer } {
  return exchange.fate.kind === 'answer' && exchange.fate.instead !== undefined;
}

/** What the client gets in all. */
export function bytesOf(answer: Answer): Buffer {
  const rest = bytesBehind(answer);
  return answer.ahead ? Buffer.concat([answer.ahead, rest]) : rest;
}

function bytesBehind({ bytes }: Answer): Buffer {
  return typeof bytes === 'function' ? bytes() : bytes;
}
