const LF = 0x0a;

type ChunkState = 'size' | 'extension' | 'data' | 'after' | 'trailer';

/** Finds the end of an HTTP message's body without keeping any of it. */
export class HttpBody {
  isComplete = false;
  isGarbage = false;
  #left: number;
  readonly #isChunked: boolean;
  #state: ChunkState = 'size';
  #digits = 0;
  #lineLength = 0;

  constructor(left: number, isChunked: boolean) {
    this.#left = left;
    this.#isChunked = isChunked;
    this.isComplete = !isChunked && left === 0;
  }

  static bytes(count: number): HttpBody {
    return new HttpBody(count, false);
  }

  /** The body that a head announces. An answer that announces none goes on until the connection ends. */
  static of(head: string, isAnswer: boolean): HttpBody {
    if (/\ntransfer-encoding:[^\r\n]*\bchunked\b/i.test(head)) return new HttpBody(0, true);
    const length = /\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
    return new HttpBody(length === undefined ? (isAnswer ? Infinity : 0) : Number(length), false);
  }

  /** Where the body, or the chunk, ends. */
  skip(chunk: Buffer, at: number): number {
    if (!this.#isChunked) {
      const step = Math.min(this.#left, chunk.length - at);
      this.#left -= step;
      this.isComplete = this.#left === 0;
      return at + step;
    }
    while (at < chunk.length && !this.isComplete && !this.isGarbage) at = this.#step(chunk, at);
    return at;
  }

  #step(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    switch (this.#state) {
      case 'size': {
        const digit = hexDigit(byte);
        if (digit >= 0 && this.#digits < 12) {
          this.#left = this.#left * 16 + digit;
          this.#digits++;
          return at + 1;
        }
        this.isGarbage = this.#digits === 0 || this.#digits >= 12;
        this.#state = 'extension';
        return at;
      }
      case 'extension': {
        const end = chunk.indexOf(LF, at);
        if (end < 0) return chunk.length;
        this.#state = this.#left === 0 ? 'trailer' : 'data';
        this.#lineLength = 0;
        return end + 1;
      }
      case 'data': {
        const step = Math.min(this.#left, chunk.length - at);
        this.#left -= step;
        if (this.#left === 0) this.#state = 'after';
        return at + step;
      }
      case 'after':
        if (byte === LF) {
          this.#state = 'size';
          this.#digits = 0;
        }
        return at + 1;
      case 'trailer':
        if (byte === LF) {
          this.isComplete = this.#lineLength === 0;
          this.#lineLength = 0;
        } else if (byte !== 0x0d) this.#lineLength++;
        return at + 1;
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
