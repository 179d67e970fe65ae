import type { Socket } from 'node:net';
import { writeAtOnce } from '@marteau/net';
import type { RequestBody } from './request-body.ts';
import type { RequestTemplate } from './request-template.ts';
import type { TraceLines } from './trace-lines.ts';

/** Room for head and body of most requests. */
const SIZE = 16 * 1024;
/** Most requests have one of a few lengths. */
const MOST_SENDINGS = 1000;

/**
 * Where the requests of a thread become bytes, one at a time: the kernel has taken one before the next one is made, so
 * they share a buffer, and the head that stands in it stays for the next request of the same kind.
 *
 *     | head, made once | traceparent: …<number> | what tells of body and cookies | empty line | body |
 */
export class SendBuffer {
  readonly #traces: TraceLines | null;
  #bytes = Buffer.allocUnsafeSlow(SIZE);
  /** The first n bytes, for each n that was sent. */
  readonly #sendings = new Map<number, Buffer>();
  /** Whose head the bytes begin with, and where it ends. */
  #template: RequestTemplate | null = null;
  #headEnd = 0;
  #length = 0;

  /** @param traces null where requests are not marked */
  constructor(traces: TraceLines | null) {
    this.#traces = traces;
  }

  /** Bytes of the request so far. */
  get length(): number {
    return this.#length;
  }

  /** A request begins. */
  begin(template: RequestTemplate): void {
    const traces = template.hasTrace ? null : this.#traces;
    if (template !== this.#template) {
      this.#template = template;
      this.#length = 0;
      this.add(template.head);
      if (traces) this.add(`traceparent: ${traces.value}\r\n`);
      this.#headEnd = this.#length;
    }
    this.#length = this.#headEnd;
    traces?.number(this.#bytes, this.#length - 2);
  }

  /** @param text latin1; joined strings are written much faster than concatenated ones, which are not in one piece */
  add(text: string): void {
    if (text === '') return;
    if (this.#length + text.length > this.#bytes.length) this.#grow(this.#length + text.length);
    this.#length += this.#bytes.write(text, this.#length, 'latin1');
  }

  /** @returns false for a body that there is no room for, or that is a stream: it is to be sent by itself */
  addBody({ bytes, length }: RequestBody): boolean {
    if (length === null || this.#length + length > this.#bytes.length) return false;
    if (typeof bytes !== 'string') this.#bytes.set(bytes as Uint8Array, this.#length);
    else this.#bytes.write(bytes, this.#length, length === bytes.length ? 'latin1' : 'utf8');
    this.#length += length;
    return true;
  }

  send(socket: Socket): void {
    const sending = this.#sendings.get(this.#length) ?? this.#newSending();
    const written = writeAtOnce(socket, sending);
    if (written === 'waiting') this.#move(this.#bytes.length);
    else if (written === 'refused') socket.write(Buffer.from(sending));
  }

  #newSending(): Buffer {
    if (this.#sendings.size >= MOST_SENDINGS) this.#sendings.clear();
    const sending = this.#bytes.subarray(0, this.#length);
    this.#sendings.set(this.#length, sending);
    return sending;
  }

  /** The next request is made elsewhere: these bytes are still being sent. */
  #move(size: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(size);
    this.#sendings.clear();
    this.#template = null;
  }

  #grow(least: number): void {
    const before = this.#bytes;
    this.#move(2 * least);
    before.copy(this.#bytes, 0, 0, this.#length);
  }
}
