import type { Found } from './protocol.ts';

const empty = Buffer.alloc(0);

/** Tells packets apart that begin with a header of fixed length, which says how much follows. */
export class Packets {
  found: Found = 'more';
  /** Of the packet that has begun. */
  header: Buffer = empty;
  /** The first bytes behind the header, as many as were asked for. */
  start: Buffer = empty;
  readonly #headerLength: number;
  readonly #bodyLength: (header: Buffer) => number;
  readonly #wanted: number;
  #kept: Buffer = empty;
  #left = -1; // of the body; -1 while the header is read

  /**
   * @param bodyLength how much follows a header
   * @param wanted how many bytes behind the header are gathered before the head is told
   */
  constructor(headerLength: number, bodyLength: (header: Buffer) => number, wanted = 0) {
    this.#headerLength = headerLength;
    this.#bodyLength = bodyLength;
    this.#wanted = wanted;
  }

  /** Reads on; finds `end` or `garbage` only. */
  nextEnd(chunk: Buffer, at: number): number {
    const to = this.next(chunk, at);
    return this.found === 'head' ? this.next(chunk, to) : to;
  }

  /** Reads on; finds `head` once header and start are there, then `end`; `garbage` where it is shorter than its header. */
  next(chunk: Buffer, at: number): number {
    if (this.#left >= 0) {
      const step = Math.min(this.#left, chunk.length - at);
      this.#left -= step;
      this.found = this.#left === 0 ? 'end' : 'more';
      if (this.#left === 0) this.#left = -1;
      return at + step;
    }
    const before = this.#kept.length;
    const seen =
      before === 0
        ? chunk.subarray(at)
        : Buffer.concat([this.#kept, chunk.subarray(at, at + this.#headerLength + this.#wanted)]);
    if (seen.length >= this.#headerLength) {
      this.header = Buffer.from(seen.subarray(0, this.#headerLength)); // the bytes themselves may be overwritten
      const length = this.#bodyLength(this.header);
      if (length < 0) {
        this.found = 'garbage';
        return at;
      }
      const needed = Math.min(length, this.#wanted);
      if (seen.length >= this.#headerLength + needed) {
        this.start = Buffer.from(seen.subarray(this.#headerLength, this.#headerLength + needed));
        this.#left = length - needed;
        this.#kept = empty;
        this.found = 'head';
        return at + this.#headerLength + needed - before;
      }
    }
    this.#kept = Buffer.from(seen);
    this.found = 'more';
    return chunk.length;
  }
}
