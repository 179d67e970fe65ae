import { FRAME_HEAD, FRAME_SIZE } from './frame-types.ts';
import { ConnectionError } from './http2-error.ts';

/** What a reader tells of each frame; the payload is the reader's own buffer, from … to: copy what is kept. */
export interface FrameSink {
  frame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void;
}

/** Reads frames (RFC 9113, 4.1) from a stream of bytes, split in whatever way. */
export class FrameReader {
  readonly #sink: FrameSink;
  /** A frame that has not come to its end, with its head, and how much of it there is. */
  #partial: Buffer | null = null;
  #have = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /**
   * Reads bytes 0 … length of `bytes`.
   * @throws ConnectionError for a frame that is too large, and what the sink throws
   */
  read(bytes: Buffer, length: number): void {
    let at = this.#partial === null ? 0 : this.#complete(bytes, length);
    while (length - at >= FRAME_HEAD) {
      const end = at + FRAME_HEAD + sizeOf(bytes, at);
      if (end > length) break;
      this.#tell(bytes, at, end);
      at = end;
    }
    if (at < length) this.#keep(bytes, at, length);
  }

  /** @returns where the reading goes on */
  #complete(bytes: Buffer, length: number): number {
    let at = 0;
    while (this.#partial !== null) {
      const wanted = this.#have < FRAME_HEAD ? FRAME_HEAD : FRAME_HEAD + sizeOf(this.#partial, 0);
      const to = Math.min(length, at + wanted - this.#have);
      bytes.copy(this.#partial, this.#have, at, to);
      this.#have += to - at;
      at = to;
      if (this.#have < wanted) return at;
      if (wanted > FRAME_HEAD || sizeOf(this.#partial, 0) === 0) {
        const whole = this.#partial;
        this.#partial = null;
        this.#tell(whole, 0, wanted);
      }
    }
    return at;
  }

  #keep(bytes: Buffer, at: number, length: number): void {
    const size = length - at < FRAME_HEAD ? FRAME_SIZE : sizeOf(bytes, at);
    this.#partial = Buffer.allocUnsafe(FRAME_HEAD + size);
    this.#have = bytes.copy(this.#partial, 0, at, length);
  }

  #tell(bytes: Buffer, at: number, end: number): void {
    const stream =
      ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!;
    this.#sink.frame(bytes[at + 3]!, bytes[at + 4]!, stream, bytes, at + FRAME_HEAD, end);
  }
}

/** The payload's length; known before the payload has come, so that nobody waits for what is refused. */
function sizeOf(bytes: Buffer, at: number): number {
  const size = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  if (size > FRAME_SIZE) {
    throw new ConnectionError(
      'frame size',
      `a frame of ${size} bytes is more than was allowed`,
      'FRAME_SIZE_ERROR',
    );
  }
  return size;
}
