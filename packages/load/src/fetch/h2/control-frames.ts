import type { Socket } from 'node:net';
import { codeOf, type ErrorName } from './error-codes.ts';
import { FLAG, FRAME, WINDOW } from './frame-types.ts';
import type { FrameWriter } from './frame-writer.ts';
import { LONGEST_LIST } from './response-fields.ts';
import { SETTING } from './settings.ts';
import { STREAM_WINDOW } from './stream.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** What a server may send on all streams together before it is allowed more; what comes is taken at once. */
export const CONNECTION_WINDOW = 8 * 1024 * 1024;

/** What we say to a server beside requests. */
export class ControlFrames {
  readonly #frames: FrameWriter;
  readonly #socket: Socket;

  constructor(frames: FrameWriter, socket: Socket) {
    this.#frames = frames;
    this.#socket = socket;
  }

  /** The connection's begin (RFC 9113, 3.4): the preface, and what we take. */
  greet(): void {
    this.#frames.to(this.#socket);
    this.#frames.add(PREFACE);
    this.#frames.begin(FRAME.SETTINGS, 0, 0);
    for (const [id, value] of [
      [SETTING.ENABLE_PUSH, 0],
      [SETTING.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
      [SETTING.MAX_HEADER_LIST_SIZE, LONGEST_LIST],
    ] as const) {
      this.#frames.add(Buffer.from([0, id]));
      this.#frames.add32(value);
    }
    this.#frames.end();
    this.allow(0, CONNECTION_WINDOW - WINDOW);
  }

  /** The server may send so many bytes more; on all streams together, where `id` is 0 (RFC 9113, 6.9). */
  allow(id: number, bytes: number): void {
    this.#say(FRAME.WINDOW_UPDATE, 0, id, [bytes]);
  }

  reset(id: number, why: ErrorName): void {
    this.#say(FRAME.RST_STREAM, 0, id, [codeOf(why)]);
  }

  /** Its SETTINGS hold from here on. */
  acknowledge(): void {
    this.#say(FRAME.SETTINGS, FLAG.ACK, 0, []);
  }

  pong(payload: Uint8Array): void {
    this.#frames.to(this.#socket);
    this.#frames.begin(FRAME.PING, FLAG.ACK, 0);
    this.#frames.add(payload);
    this.#frames.end();
  }

  /** The last that is said. We take no streams of the server's, so none was the last. */
  goAway(why: ErrorName): void {
    this.#say(FRAME.GOAWAY, 0, 0, [0, codeOf(why)]);
    this.#frames.flush();
  }

  #say(type: number, flags: number, id: number, numbers: readonly number[]): void {
    this.#frames.to(this.#socket);
    this.#frames.begin(type, flags, id);
    for (const number of numbers) this.#frames.add32(number);
    this.#frames.end();
  }
}
