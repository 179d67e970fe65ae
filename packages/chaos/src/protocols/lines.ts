/** Gathers a piece of text that ends in a known way, over any number of chunks. Only what is cut is copied. */
export class Gatherer {
  readonly #end: Buffer;
  readonly #limit: number;
  #kept: Buffer | null = null;
  /** What was gathered, its end included. */
  taken: Buffer = empty;
  /** It is longer than can be. */
  tooLong = false;

  constructor(end: string, limit = 64 * 1024) {
    this.#end = Buffer.from(end, 'latin1');
    this.#limit = limit;
  }

  /** Whether something of it was seen already. */
  get isOpen(): boolean {
    return this.#kept !== null;
  }

  /** Where it ends in the chunk; -1 when that is still to come. */
  take(chunk: Buffer, at: number): number {
    if (this.#kept === null) {
      const found = chunk.indexOf(this.#end, at);
      if (found >= 0) {
        this.taken = chunk.subarray(at, found + this.#end.length);
        return found + this.#end.length;
      }
      this.#keep(Buffer.from(chunk.subarray(at)));
      return -1;
    }
    const before = this.#kept.length;
    const whole = Buffer.concat([this.#kept, chunk.subarray(at)]);
    const found = whole.indexOf(this.#end, Math.max(0, before - this.#end.length));
    if (found < 0) {
      this.#keep(whole);
      return -1;
    }
    this.#kept = null;
    this.taken = whole.subarray(0, found + this.#end.length);
    return at + found + this.#end.length - before;
  }

  #keep(bytes: Buffer): void {
    this.#kept = bytes;
    this.tooLong = bytes.length > this.#limit;
  }
}

const empty = Buffer.alloc(0);
