import type { Found } from './protocol.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Finds the end of what redis answers, value by value. */
export class RedisAnswers {
  found: Found = 'more';
  #pending = 1; // values still to come until the answer is complete
  #skip = 0; // bytes still to come of a value
  #isPush = false; // it answers nothing
  #kind = 0; // of the line that has begun
  #value = 0;
  #sign = 1;

  /** Reads on; finds `end` once an answer is complete. */
  read(chunk: Buffer, at: number): number {
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
        if (this.#skip > 0) break;
        if (--this.#pending === 0) return this.#answered(at);
        continue;
      }
      if (this.#kind === 0) {
        this.#kind = chunk[at++]!;
        this.#value = 0;
        this.#sign = 1;
        continue;
      }
      const from = at;
      at = this.#line(chunk, at);
      if (at < 0) return this.#stop('garbage', from);
      if (this.#kind === 0 && this.#pending === 0) return this.#answered(at);
    }
    return this.#stop('more', at);
  }

  #answered(at: number): number {
    this.#pending = 1;
    if (!this.#isPush) return this.#stop('end', at);
    this.#isPush = false;
    return this.#stop('aside', at);
  }

  /** Reads on in a line; -1 when it cannot be one. */
  #line(chunk: Buffer, at: number): number {
    switch (this.#kind) {
      case 0x2b: // +
      case 0x2d: // -
      case 0x3a: // :
      case 0x5f: // _
      case 0x2c: // ,
      case 0x23: // #
      case 0x28: {
        // (
        const end = chunk.indexOf(LF, at);
        if (end < 0) return chunk.length;
        this.#kind = 0;
        this.#pending--;
        return end + 1;
      }
      default:
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte >= 0x30 && byte <= 0x39) this.#value = this.#value * 10 + byte - 0x30;
      else if (byte === 0x2d) this.#sign = -1;
      else if (byte === LF) return this.#sized(this.#value * this.#sign) ? at + 1 : -1;
      else if (byte !== CR) return -1;
    }
    return at;
  }

  /** The size of a string or a collection is known. */
  #sized(size: number): boolean {
    const kind = this.#kind;
    this.#kind = 0;
    switch (kind) {
      case 0x24: // $
      case 0x3d: // =
      case 0x21: // !
        if (size < 0) this.#pending--;
        else this.#skip = size + 2;
        return true;
      case 0x2a: // *
      case 0x7e: // ~
        this.#pending += Math.max(0, size) - 1;
        return true;
      case 0x25: // %
        this.#pending += 2 * Math.max(0, size) - 1;
        return true;
      case 0x7c: // | an attribute, before the answer itself
        this.#pending += 2 * Math.max(0, size);
        return true;
      case 0x3e: // > a push
        this.#isPush = true;
        this.#pending += Math.max(0, size) - 1;
        return true;
      default:
        return false;
    }
  }

  #stop(found: Found, at: number): number {
    this.found = found;
    return at;
  }
}
