import type { Exchange } from '../proxy/exchange.ts';
import type { Dialogue, ErrorWish, Found, Protocol, ProtocolError } from './protocol.ts';

const lf = 0x0a;
const cr = 0x0d;
/** Longer than any command's name, and than the part of a key that anybody matches. */
const longestWord = 512;
const longestInline = 64 * 1024;
/** After these the backend speaks unasked, or no longer answers. */
const unpaired = new Set(['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'MONITOR', 'SYNC', 'PSYNC']);

/** RESP 2 and 3, with pipelines; https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export const redis: Protocol = {
  name: 'redis',
  about: 'Redis and Valkey (RESP 2 and 3, pipelines). Command and first key can be matched.',
  open: () => new RedisDialogue(),
};

type RequestState = 'start' | 'inline' | 'count' | 'dollar' | 'length' | 'body';

class RedisDialogue implements Dialogue {
  readonly greetings = 0;
  readonly expectsAnswer = true;
  readonly continues = false;
  found: Found = 'more';
  why = '';

  private state: RequestState = 'start';
  private words = 0; // of the command that are still to come
  private wordIndex = 0;
  private length = 0; // of the word, and of the two bytes behind it, still to come
  private digits = 0;
  private text = ''; // of the word, if it is one of the first two
  private readonly seen: string[] = [];
  private isWhole = false; // head and end fall together

  request(chunk: Buffer, at: number): number {
    if (this.isWhole) {
      this.isWhole = false;
      return this.end(at);
    }
    while (at < chunk.length) {
      const byte = chunk[at]!;
      switch (this.state) {
        case 'start':
          if (byte === cr || byte === lf) {
            at++; // empty lines are ignored by redis, too
          } else if (byte === 0x2a) {
            this.begin('count');
            at++;
          } else if (byte > 0x20 && byte < 0x7f) {
            this.begin('inline');
          } else return this.stop('garbage', `0x${byte.toString(16)} begins no redis command`, at);
          break;
        case 'inline': {
          const end = chunk.indexOf(lf, at);
          const to = end < 0 ? chunk.length : end + 1;
          if (this.text.length < longestWord)
            this.text += chunk.toString('latin1', at, Math.min(to, at + longestWord));
          this.digits += to - at;
          if (this.digits > longestInline)
            return this.stop('garbage', 'a line is longer than redis takes', at);
          if (end < 0) return this.stop('more', '', to);
          this.seen.push(...this.text.trim().split(/\s+/, 2));
          this.isWhole = true;
          return this.headed(to);
        }
        case 'count':
        case 'length': {
          if (byte >= 0x30 && byte <= 0x39) {
            this.length = this.length * 10 + byte - 0x30;
            if (++this.digits > 10) return this.stop('garbage', 'a number is too long for redis', at);
          } else if (byte === lf) {
            if (this.digits === 0) return this.stop('garbage', 'a number is missing in a redis command', at);
            if (this.counted() === 0) return this.end(at + 1);
          } else if (byte !== cr)
            return this.stop('garbage', 'a redis command has no number where one belongs', at);
          at++;
          break;
        }
        case 'dollar':
          if (byte !== 0x24) return this.stop('garbage', 'a redis command has no $ where one belongs', at);
          this.number('length');
          at++;
          break;
        case 'body': {
          const to = Math.min(chunk.length, at + this.length);
          if (this.wordIndex < 2 && this.text.length < longestWord) {
            const text = Math.min(to, at + this.length - 2, at + longestWord);
            if (text > at) this.text += chunk.toString('utf8', at, text);
          }
          this.length -= to - at;
          at = to;
          if (this.length > 0) return this.stop('more', '', at);
          if (this.wordIndex < 2) this.seen.push(this.text);
          this.wordIndex++;
          this.words--;
          this.state = 'dollar';
          if (this.wordIndex === 2 || (this.wordIndex === 1 && this.words === 0)) {
            this.isWhole = this.words === 0;
            return this.headed(at);
          }
          if (this.words === 0) return this.end(at);
          break;
        }
      }
    }
    return this.stop('more', '', at);
  }

  private begin(state: RequestState): void {
    this.seen.length = 0;
    this.wordIndex = 0;
    this.text = '';
    this.number(state);
  }

  private number(state: RequestState): void {
    this.state = state;
    this.length = 0;
    this.digits = 0;
  }

  /** A number is complete. Answers how many words are still to come. */
  private counted(): number {
    if (this.state === 'count') {
      this.words = this.length;
      this.state = 'dollar';
    } else {
      this.length += 2;
      this.text = '';
      this.state = 'body';
    }
    return this.words;
  }

  /** The command's name is known, and its first key. */
  private headed(at: number): number {
    const [command = '', second = ''] = this.seen.map((word) => word.toUpperCase());
    if (unpaired.has(command) || (command === 'CLIENT' && second === 'REPLY')) {
      return this.stop('opaque', `after ${command} redis does not answer one to one`, at);
    }
    return this.stop('head', '', at);
  }

  private end(at: number): number {
    this.state = 'start';
    return this.stop('end', '', at);
  }

  private stop(found: Found, why: string, at: number): number {
    this.found = found;
    this.why = why;
    return at;
  }

  describe(exchange: Exchange): void {
    exchange.command = (this.seen[0] ?? '').toUpperCase();
    exchange.path = this.seen[1] ?? null;
  }

  // What the backend sends.
  private pending = 1; // values still to come until the answer is complete
  private skip = 0; // bytes still to come of a value
  private kind = 0; // of the line that has begun
  private value = 0;
  private sign = 1;

  response(chunk: Buffer, at: number): number {
    while (at < chunk.length) {
      if (this.skip > 0) {
        const step = Math.min(this.skip, chunk.length - at);
        this.skip -= step;
        at += step;
        if (this.skip > 0) break;
        if (--this.pending === 0) return this.answered(at);
        continue;
      }
      if (this.kind === 0) {
        this.kind = chunk[at++]!;
        this.value = 0;
        this.sign = 1;
        continue;
      }
      const from = at;
      at = this.line(chunk, at);
      if (at < 0) return this.stop('garbage', 'this is no answer of redis', from);
      if (this.kind === 0 && this.pending === 0) return this.answered(at);
    }
    return this.stop('more', '', at);
  }

  private answered(at: number): number {
    this.pending = 1;
    return this.stop('end', '', at);
  }

  /** Reads on in a line; -1 when it cannot be one. */
  private line(chunk: Buffer, at: number): number {
    switch (this.kind) {
      case 0x2b: // +
      case 0x2d: // -
      case 0x3a: // :
      case 0x5f: // _
      case 0x2c: // ,
      case 0x23: // #
      case 0x28: {
        // (
        const end = chunk.indexOf(lf, at);
        if (end < 0) return chunk.length;
        this.kind = 0;
        this.pending--;
        return end + 1;
      }
      default:
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte >= 0x30 && byte <= 0x39) this.value = this.value * 10 + byte - 0x30;
      else if (byte === 0x2d) this.sign = -1;
      else if (byte === lf) return this.sized(this.value * this.sign) ? at + 1 : -1;
      else if (byte !== cr) return -1;
    }
    return at;
  }

  /** The size of a string or a collection is known. */
  private sized(size: number): boolean {
    const { kind } = this;
    this.kind = 0;
    switch (kind) {
      case 0x24: // $
      case 0x3d: // =
      case 0x21: // !
        if (size < 0) this.pending--;
        else this.skip = size + 2;
        return true;
      case 0x2a: // *
      case 0x7e: // ~
        this.pending += Math.max(0, size) - 1;
        return true;
      case 0x25: // %
        this.pending += 2 * Math.max(0, size) - 1;
        return true;
      case 0x7c: // | an attribute, before the answer itself
        this.pending += 2 * Math.max(0, size);
        return true;
      case 0x3e: // > a push, which answers nothing
        this.pending += Math.max(0, size);
        return true;
      default:
        return false;
    }
  }

  error(_exchange: Exchange, { message }: ErrorWish, chance: number): ProtocolError {
    const own = ['ERR broken on purpose', 'LOADING Redis is loading the dataset in memory'];
    const text = (message || own[chance < 0.5 ? 0 : 1]!).replace(/[\r\n]+/g, ' ');
    return { bytes: Buffer.from(`-${text}\r\n`), close: false, detail: `answered -${text}` };
  }
}
