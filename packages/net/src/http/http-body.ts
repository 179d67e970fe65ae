const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

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
  readonly #isStrict: boolean;
  #isAfterCr = false;

  /** @param isStrict nothing stands around chunks that another reader might take for something else */
  constructor(left: number, isChunked: boolean, isStrict = false) {
    this.#isStrict = isStrict;
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
    if (this.#state === 'data') {
      const step = Math.min(this.#left, chunk.length - at);
      this.#left -= step;
      if (this.#left === 0) this.#state = 'after';
      return at + step;
    }
    const byte = chunk[at]!;
    if (this.#state === 'size') {
      const digit = hexDigit(byte);
      if (digit >= 0 && this.#digits < 12) {
        this.#left = this.#left * 16 + digit;
        this.#digits++;
        return at + 1;
      }
      this.isGarbage = this.#digits === 0 || this.#digits >= 12;
      if (this.#isStrict && byte !== CR && byte !== SEMICOLON) this.isGarbage = true;
      this.#state = 'extension';
    }
    if (this.#isStrict && !this.#isLineSound(byte)) this.isGarbage = true;
    if (byte === LF) this.#endLine();
    else if (byte !== CR) this.#lineLength++;
    return at + 1;
  }

  /** Lines end in CR LF; neither stands alone, and behind the bytes of a chunk nothing else. */
  #isLineSound(byte: number): boolean {
    const isPaired = (byte === LF) === this.#isAfterCr;
    this.#isAfterCr = byte === CR;
    return isPaired && (this.#state !== 'after' || byte === CR || byte === LF);
  }

  #endLine(): void {
    if (this.#state === 'extension') this.#state = this.#left === 0 ? 'trailer' : 'data';
    else if (this.#state === 'after') {
      this.#state = 'size';
      this.#digits = 0;
    } else this.isComplete = this.#lineLength === 0;
    this.#lineLength = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
