import { isUtf8 } from 'node:buffer';
import { inflate } from './inflate.ts';
import { NOT_UTF8, PROTOCOL, ProtocolError, TOO_BIG } from './protocol-error.ts';

/** What comes from the other side, in order. Bytes are the reader's own: copy what is kept. */
export interface FrameSink {
  /** @param length as it came, bytes */
  text(text: string, length: number): void;
  binary(bytes: Buffer, length: number): void;
  pinged(payload: Buffer): void;
  ponged(payload: Buffer): void;
  /** @param code null where the other side gives none */
  closeFrame(code: number | null, reason: string): void;
}

/** A longer message, or one that unfolds to more, is refused; bytes. */
export const LARGEST_MESSAGE = 64 * 1024 * 1024;
const MOST_FRAGMENTS = 65_536;
const LONGEST_CONTROL = 125;
const MOST_HEAD = 10;

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/**
 * Reads the frames of a server (RFC 6455, 5) from a stream of bytes, split in whatever way, and joins fragments to
 * messages.
 *
 *     head (2, 4 or 10 bytes) ─▶ payload ─┬─▶ control: told at once, also between fragments
 *            ▲                            ├─▶ fragment: kept until the last one ─▶ message
 *            └────────────────────────────┘
 */
export class FrameReader {
  readonly #sink: FrameSink;
  /** Whether messages may be compressed, and whether each begins anew; null where that was not agreed upon. */
  readonly #deflate: { readonly takeover: boolean } | null;
  readonly #head = Buffer.alloc(MOST_HEAD);
  #headLength = 0;
  #headWanted = 2;
  /** Of the payload of the frame that is being read; -1 while its head is. */
  #left = -1;
  #parts: Buffer[] = [];
  /** Of a message whose last fragment has not come. */
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #opcode = CONTINUATION;
  #isCompressed = false;
  /** The end of what was inflated, to which later messages refer. */
  #window: Buffer | null = null;

  constructor(sink: FrameSink, deflate: { readonly takeover: boolean } | null) {
    this.#sink = sink;
    this.#deflate = deflate;
  }

  /** @throws ProtocolError; nothing more is to be read then */
  read(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      if (this.#left < 0) {
        this.#head[this.#headLength] = bytes[at]!;
        this.#headLength += 1;
        at += 1;
        if (this.#headLength === 2) this.#begin();
        if (this.#headLength < this.#headWanted) continue;
        this.#left = this.#payloadLength();
      }
      const taken = Math.min(this.#left, length - at);
      this.#left -= taken;
      const part = bytes.subarray(at, at + taken);
      at += taken;
      if (this.#left > 0) {
        if (taken > 0) this.#parts.push(Buffer.from(part));
        continue;
      }
      const payload = this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part]);
      this.#parts = [];
      this.#left = -1;
      this.#headLength = 0;
      this.#headWanted = 2;
      this.#frame(payload);
    }
  }

  /** The first two bytes are there: what they say must make sense before anything more is read. */
  #begin(): void {
    const first = this.#head[0]!;
    const second = this.#head[1]!;
    const opcode = first & 0x0f;
    const isFinal = (first & 0x80) !== 0;
    const length = second & 0x7f;
    this.#headWanted = length === 126 ? 4 : length === 127 ? 10 : 2;
    if ((first & 0x30) !== 0) fail('a frame has a reserved bit set');
    if ((first & 0x40) !== 0 && (this.#deflate === null || (opcode !== TEXT && opcode !== BINARY)))
      fail('a frame says that it is compressed, which was not agreed upon');
    if ((second & 0x80) !== 0) fail('a frame of the server is masked');
    if (opcode >= CLOSE) {
      if (opcode > PONG) fail(`a frame has the reserved opcode ${opcode}`);
      if (!isFinal) fail('a control frame is fragmented');
      if (length > LONGEST_CONTROL) fail('a control frame is longer than 125 bytes');
      return;
    }
    if (opcode > BINARY) fail(`a frame has the reserved opcode ${opcode}`);
    const isWithin = this.#opcode !== CONTINUATION;
    if (opcode === CONTINUATION && !isWithin) fail('a continuation continues nothing');
    if (opcode !== CONTINUATION && isWithin) fail('a message begins within another one');
  }

  #payloadLength(): number {
    const head = this.#head;
    const length = head[1]! & 0x7f;
    if (length < 126) return length;
    const long =
      length === 126 ? head.readUInt16BE(2) : head.readUInt32BE(2) * 2 ** 32 + head.readUInt32BE(6);
    if (long + this.#fragmentBytes > LARGEST_MESSAGE)
      throw new ProtocolError(TOO_BIG, `a message is longer than ${LARGEST_MESSAGE / 1024 / 1024} MB`);
    return long;
  }

  #frame(payload: Buffer): void {
    const first = this.#head[0]!;
    const opcode = first & 0x0f;
    if (opcode === PING) this.#sink.pinged(payload);
    else if (opcode === PONG) this.#sink.ponged(payload);
    else if (opcode === CLOSE) this.#close(payload);
    else {
      const isFinal = (first & 0x80) !== 0;
      if (opcode !== CONTINUATION) this.#isCompressed = (first & 0x40) !== 0;
      if (isFinal && opcode !== CONTINUATION) {
        this.#message(opcode, payload);
        return;
      }
      if (opcode !== CONTINUATION) this.#opcode = opcode;
      if (payload.length > 0) this.#fragments.push(Buffer.from(payload));
      if (this.#fragments.length > MOST_FRAGMENTS)
        throw new ProtocolError(TOO_BIG, `a message comes in more than ${MOST_FRAGMENTS} fragments`);
      this.#fragmentBytes += payload.length;
      if (this.#fragmentBytes > LARGEST_MESSAGE)
        throw new ProtocolError(TOO_BIG, `a message is longer than ${LARGEST_MESSAGE / 1024 / 1024} MB`);
      if (!isFinal) return;
      const whole = Buffer.concat(this.#fragments);
      const kind = this.#opcode;
      this.#fragments = [];
      this.#fragmentBytes = 0;
      this.#opcode = CONTINUATION;
      this.#message(kind, whole);
    }
  }

  #message(opcode: number, payload: Buffer): void {
    const bytes = this.#isCompressed ? this.#inflated(payload) : payload;
    if (opcode === BINARY) {
      this.#sink.binary(bytes, payload.length);
      return;
    }
    if (!isUtf8(bytes)) throw new ProtocolError(NOT_UTF8, 'a text is no UTF-8');
    this.#sink.text(bytes.toString('utf8'), payload.length);
  }

  #inflated(payload: Buffer): Buffer {
    const { bytes, window } = inflate(payload, this.#window, LARGEST_MESSAGE);
    if (this.#deflate!.takeover) this.#window = window;
    return bytes;
  }

  #close(payload: Buffer): void {
    if (payload.length === 0) {
      this.#sink.closeFrame(null, '');
      return;
    }
    if (payload.length === 1) fail('a close frame has half a code');
    const code = payload.readUInt16BE(0);
    if (!mayBeSent(code)) fail(`a close frame has the code ${code}, which nobody may send`);
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) throw new ProtocolError(NOT_UTF8, 'the reason of a close is no UTF-8');
    this.#sink.closeFrame(code, reason.toString('utf8'));
  }
}

/** Codes that may stand in a close frame: those of RFC 6455, 7.4, those registered since, and the applications' own. */
function mayBeSent(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  );
}

function fail(message: string): never {
  throw new ProtocolError(PROTOCOL, message);
}
