const CR = 0x0d;
const LF = 0x0a;
const LONGEST = 64 * 1024;
const empty = Buffer.alloc(0);

/** Gathers the head of an HTTP message over any number of chunks. Lines may end in a bare LF, as with most servers. */
export class HttpHead {
  #kept: Buffer = empty;
  /** Head and empty line, of the one that was found last. */
  taken: Buffer = empty;

  /** Something of it was seen already. */
  get isOpen(): boolean {
    return this.#kept.length > 0;
  }

  /** The first of what was seen already: of a request, its method at least. */
  get begun(): string {
    return this.#kept.toString('latin1', 0, 42);
  }

  /** It is longer than can be. */
  get isTooLong(): boolean {
    return this.#kept.length > LONGEST;
  }

  /** Where it ends in the chunk; -1 when that is still to come. */
  take(chunk: Buffer, at: number): number {
    const before = this.#kept.length;
    if (before === 0) {
      const end = endOf(chunk, at);
      if (end >= 0) this.taken = chunk.subarray(at, end);
      else this.#kept = Buffer.from(chunk.subarray(at));
      return end;
    }
    const whole = Buffer.concat([this.#kept, chunk.subarray(at)]);
    const end = endOf(whole, Math.max(0, before - 2));
    if (end < 0) {
      this.#kept = whole;
      return -1;
    }
    this.taken = whole.subarray(0, end);
    this.#kept = empty;
    return at + end - before;
  }
}

/** Behind the empty lines that may stand before a head. */
export function skipEmptyLines(chunk: Buffer, at: number): number {
  while (chunk[at] === CR || chunk[at] === LF) at++;
  return at;
}

/** Behind the first empty line; -1 when there is none. */
function endOf(bytes: Buffer, from: number): number {
  const end = bytes.indexOf('\n\r\n', from, 'latin1');
  const head = end < 0 ? bytes : bytes.subarray(0, end + 1);
  const bare = head.indexOf('\n\n', from, 'latin1');
  return bare >= 0 ? bare + 2 : end >= 0 ? end + 3 : -1;
}
