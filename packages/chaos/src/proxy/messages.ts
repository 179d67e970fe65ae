import { Exchange } from '../contracts.ts';
import type { Dialogue, Found } from '../protocols/protocol.ts';
import { Answers } from './answers.ts';
import type { Conversation, Transport } from './conversation.ts';
import { isOdd, OpenRequests } from './open-requests.ts';
import { Standstill } from './standstill.ts';

// Above 250 lines: requests and answers of one connection in their order, which is one state.

/** With a protocol, requests and answers are told apart and paired, pipelined ones too. */
export class Messages implements Conversation {
  current = new Exchange(0);
  readonly #connection: Transport;
  readonly #dialogue: Dialogue;
  readonly #open: OpenRequests;
  readonly #answers: Answers;
  /** Beginnings of a request whose command is not known yet, kept back from the backend. */
  #kept: Buffer[] = [];
  #inRequest = false;
  #headed = false;
  #count = 0;
  #isOver = false;
  /** Why requests are no longer told apart, while answers to those before still are. */
  #ends: string | null = null;
  #clientStands: Standstill | null = null;
  #backendStands: Standstill | null = null;

  constructor(connection: Transport, dialogue: Dialogue) {
    this.#connection = connection;
    this.#dialogue = dialogue;
    this.#open = new OpenRequests(connection);
    this.#answers = new Answers(connection, dialogue, this.#open);
    for (let i = 0; i < dialogue.greetings; i++) this.#open.add(i === 0 ? this.current : new Exchange(0));
  }

  get isBetweenRequests(): boolean {
    return !this.#inRequest;
  }

  get isBetweenAnswers(): boolean {
    return !this.#answers.hasBegun;
  }

  /** Requests to which nothing is to happen go on together, as they came; every other one is cut out. */
  fromClient(chunk: Buffer): void {
    const dialogue = this.#dialogue;
    const connection = this.#connection;
    if (this.#ends !== null) {
      connection.up.send(chunk, this.current);
      return;
    }
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
        if (!this.#headed) {
          this.#release(); // empty lines, or nothing at all: they are nobody's, and stay before what follows
          continue;
        }
        if (!this.#finish(chunk.subarray(start, at))) continue;
        start = at;
        if (!this.#isOver) continue;
        if (at < chunk.length) connection.up.send(chunk.subarray(at), this.current);
        return;
      } else if (found !== 'more') {
        this.#lose(dialogue.why, chunk.subarray(start));
        return;
      }
    }
    if (connection.isClosed) return;
    if (start < chunk.length) {
      const rest = chunk.subarray(start);
      // Whether a request is hit is not known before its command is; until then its bytes may be overwritten.
      if (this.#inRequest && !this.#headed && connection.asksRequests) this.#kept.push(Buffer.from(rest));
      else this.#forward(rest, this.current);
    }
    const isWaiting = this.#inRequest && (this.#kept.length > 0 || this.#isUnfinished);
    if (!isWaiting && this.#clientStands === null) return;
    this.#clientStands ??= new Standstill(connection.standstill, connection.up, () => this.#clientStood());
    this.#clientStands.watch(isWaiting);
  }

  /** The request under way is to be answered here once it has ended, and nothing of the answer has gone yet. */
  get #isUnfinished(): boolean {
    const { fate } = this.current;
    return this.#headed && fate.kind === 'answer' && !fate.ahead && this.#dialogue.expectsAnswer;
  }

  /** A command is known. True when the request has to be cut out. */
  #begin(before: Exchange): boolean {
    const dialogue = this.#dialogue;
    this.#headed = true;
    if (dialogue.continues) return this.#kept.length > 0;
    this.current = new Exchange(++this.#count);
    dialogue.describe(this.current);
    this.#connection.decide(this.current);
    const { fate } = this.current;
    if (dialogue.expectsAnswer && fate.kind === 'pass') this.#open.add(this.current);
    else if (fate.kind === 'answer' && fate.ahead) {
      this.#open.addAhead(this.current);
      this.#answerNext();
    }
    return isOdd(before) || isOdd(this.current) || this.#kept.length > 0 || this.#connection.up.cuts;
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
      if (dialogue.expectsAnswer) this.#open.add(current);
      if (!connection.up.cuts) return false;
      this.#forward(bytes, current);
      connection.up.swap();
    } else if (fate.kind === 'answer') {
      this.#open.hold(current, bytes);
      if (dialogue.expectsAnswer || fate.close || fate.always) {
        this.#open.add(current);
        this.#open.finish(current);
      }
      if (fate.instead) connection.up.send(fate.instead, current);
      this.#answerNext();
    } else if (fate.kind === 'abort') {
      this.#forward(bytes, current, () => connection.close());
    }
    return true;
  }

  #forward(bytes: Buffer, exchange: Exchange, then?: () => void): void {
    if (bytes.length === 0 || exchange.fate.kind === 'close') return;
    if (exchange.fate.kind === 'answer') {
      this.#open.hold(exchange, bytes);
      return;
    }
    const waits = exchange.asked ? undefined : exchange.before;
    exchange.asked = true;
    this.#connection.up.send(bytes, exchange, waits, then);
  }

  fromBackend(chunk: Buffer): void {
    const rest = this.#answers.read(chunk, this.current, this.#ends !== null);
    if (rest !== null) {
      this.#degrade(this.#ends ?? this.#dialogue.why);
      if (rest.length > 0) this.#connection.down.send(rest, this.current);
    } else if (this.#backendStands !== null || this.#open.isAnyWaiting) this.#watchBackend();
  }

  /** Answers here what is next in line. What has to wait for an answer that has begun does not for ever. */
  #answerNext(): void {
    this.#answers.answerNext();
    if (!this.#open.isAnyWaiting || !this.#answers.hasBegun) return;
    if (this.#dialogue.pipelines === false && this.#open.next !== this.current) {
      const command = this.#open.next?.command;
      this.#degrade(`the client went on before the answer to ${command} had an end that the proxy knows`);
    } else this.#watchBackend();
  }

  #watchBackend(): void {
    const { standstill, down } = this.#connection;
    this.#backendStands ??= new Standstill(standstill, down, () => this.#backendStood());
    this.#backendStands.watch(this.#open.isAnyWaiting && this.#answers.hasBegun);
  }

  #backendStood(): void {
    const what = `the answer to ${this.#open.next?.command} stood still for ${this.#connection.standstill} ms`;
    const isHeadGone = this.#inRequest && !this.#headed && this.#kept.length === 0;
    if (this.#ends === null && !isHeadGone && this.#open.giveUp(this.current)) {
      this.#degrade(`${what}, so that the requests behind it went to the backend after all`);
    } else {
      this.#connection.note(
        `${what}, and the requests behind it could not be answered; the connection is closed`,
      );
      this.#connection.close();
    }
  }

  #clientStood(): void {
    const what = `stood still for ${this.#connection.standstill} ms`;
    if (this.#kept.length > 0) this.#lose(`the head of a request ${what}`, null);
    else this.#answerAndClose(`a request that gets an error ${what}`);
  }

  /** The end of the request under way will not be found. */
  #answerAndClose(why: string): void {
    const { current } = this;
    this.#connection.note(`${why}; the connection is closed behind it`);
    if (current.fate.kind !== 'answer') {
      this.#connection.close();
      return;
    }
    current.fate = { ...current.fate, close: true };
    this.#open.add(current);
    this.#open.finish(current);
    this.#answerNext();
  }

  clientEnded(): void {
    for (const bytes of this.#kept) this.#connection.up.send(bytes, this.current);
    this.#kept = [];
  }

  ended(): void {
    this.#isOver = true;
    this.#clientStands?.watch(false);
    this.#backendStands?.watch(false);
  }

  /** Requests can no longer be told apart. Answers to those before are, for as long as one is to be answered here. */
  #lose(why: string, rest: Buffer | null): void {
    const connection = this.#connection;
    this.#clientStands?.watch(false);
    if (this.#inRequest && this.#headed && this.current.fate.kind !== 'pass') {
      this.#answerAndClose(why);
      return;
    }
    const kept = this.#kept;
    this.#kept = [];
    if (this.#open.isAnyWaiting) {
      this.#ends = why;
      this.#watchBackend();
    } else this.#degrade(why);
    for (const part of rest === null ? kept : [...kept, rest]) connection.up.send(part, this.current);
  }

  /** From here on there are only bytes. */
  #degrade(why: string): void {
    const kept = this.#kept;
    this.#kept = [];
    this.ended();
    this.#connection.degrade(why);
    for (const bytes of kept) this.#connection.up.send(bytes, this.current);
    this.#open.answerAll();
  }
}
