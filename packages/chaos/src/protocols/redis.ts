import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import type { Dialogue, Found, Protocol } from './protocol.ts';
import { RedisAnswers } from './redis-answers.ts';
import { LONGEST_WORD, WholeCommand } from './redis-command.ts';
import { DISCARD, RedisTransaction } from './redis-transaction.ts';

const LF = 0x0a;
const CR = 0x0d;
const LONGEST_INLINE = 64 * 1024;
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

  #state: RequestState = 'start';
  #words = 0; // of the command that are still to come
  #wordIndex = 0;
  #length = 0; // of the word, and of the two bytes behind it, still to come
  #digits = 0;
  #text = ''; // of the word, if it is one of the first two
  readonly #seen: string[] = [];
  #isWhole = false; // head and end fall together
  readonly #whole = new WholeCommand();
  #name = '';
  #command = '';
  #isUnpaired = false;
  #isOfTransaction = false;
  readonly #transaction = new RedisTransaction();
  #key: string | null = null;

  request(chunk: Buffer, at: number): number {
    if (this.#isWhole) {
      this.#isWhole = false;
      return this.#end(at);
    }
    while (at < chunk.length) {
      const byte = chunk[at]!;
      switch (this.#state) {
        case 'start':
          if (byte === CR || byte === LF) {
            at++; // empty lines are ignored by redis, too
          } else if (byte === 0x2a) {
            const end = this.#whole.read(chunk, at);
            if (end >= 0) {
              this.#isWhole = true;
              return this.#headed(this.#whole.name, this.#whole.key, end);
            }
            this.#begin('count');
            at++;
          } else if (byte > 0x20 && byte < 0x7f) {
            this.#begin('inline');
          } else return this.#stop('garbage', `0x${byte.toString(16)} begins no redis command`, at);
          break;
        case 'inline': {
          const end = chunk.indexOf(LF, at);
          const to = end < 0 ? chunk.length : end + 1;
          this.#text += chunk.toString('latin1', at, Math.min(to, at + LONGEST_WORD - this.#text.length));
          this.#digits += to - at;
          if (this.#digits > LONGEST_INLINE)
            return this.#stop('garbage', 'a line is longer than redis takes', at);
          if (end < 0) return this.#stop('more', '', to);
          const [name = '', key = null] = this.#text.trim().split(/\s+/, 2);
          this.#isWhole = true;
          return this.#headed(name, key, to);
        }
        case 'count':
        case 'length': {
          if (byte >= 0x30 && byte <= 0x39) {
            this.#length = this.#length * 10 + byte - 0x30;
            if (++this.#digits > 10) return this.#stop('garbage', 'a number is too long for redis', at);
          } else if (byte === LF) {
            if (this.#digits === 0)
              return this.#stop('garbage', 'a number is missing in a redis command', at);
            if (this.#counted() === 0) return this.#end(at + 1);
          } else if (byte !== CR)
            return this.#stop('garbage', 'a redis command has no number where one belongs', at);
          at++;
          break;
        }
        case 'dollar':
          if (byte !== 0x24) return this.#stop('garbage', 'a redis command has no $ where one belongs', at);
          this.#number('length');
          at++;
          break;
        case 'body': {
          const to = Math.min(chunk.length, at + this.#length);
          if (this.#wordIndex < 2 && this.#text.length < LONGEST_WORD) {
            const text = Math.min(to, at + this.#length - 2, at + LONGEST_WORD - this.#text.length);
            if (text > at) this.#text += chunk.toString('latin1', at, text);
          }
          this.#length -= to - at;
          at = to;
          if (this.#length > 0) return this.#stop('more', '', at);
          if (this.#wordIndex < 2) this.#seen.push(Buffer.from(this.#text, 'latin1').toString());
          this.#wordIndex++;
          this.#words--;
          this.#state = 'dollar';
          if (this.#wordIndex === 2 || (this.#wordIndex === 1 && this.#words === 0)) {
            this.#isWhole = this.#words === 0;
            return this.#headed(this.#seen[0]!, this.#seen[1] ?? null, at);
          }
          if (this.#words === 0) return this.#end(at);
          break;
        }
      }
    }
    return this.#stop(this.#state === 'start' ? 'end' : 'more', '', at);
  }

  #begin(state: RequestState): void {
    this.#seen.length = 0;
    this.#wordIndex = 0;
    this.#text = '';
    this.#number(state);
  }

  #number(state: RequestState): void {
    this.#state = state;
    this.#length = 0;
    this.#digits = 0;
  }

  /** A number is complete. Answers how many words are still to come. */
  #counted(): number {
    if (this.#state === 'count') {
      this.#words = this.#length;
      this.#state = 'dollar';
    } else {
      this.#length += 2;
      this.#text = '';
      this.#state = 'body';
    }
    return this.#words;
  }

  /** The command's name is known, and its first key. */
  #headed(name: string, key: string | null, at: number): number {
    if (name !== this.#name) {
      this.#name = name;
      this.#command = name.toUpperCase();
      this.#isUnpaired = unpaired.has(this.#command);
      this.#isOfTransaction = RedisTransaction.isOfInterest(this.#command);
    }
    if (this.#isOfTransaction) this.#transaction.command(this.#command);
    this.#key = key;
    if (this.#isUnpaired || (this.#command === 'CLIENT' && key?.toUpperCase() === 'REPLY')) {
      return this.#stop('opaque', `after ${this.#command} redis does not answer one to one`, at);
    }
    return this.#stop('head', '', at);
  }

  #end(at: number): number {
    this.#state = 'start';
    return this.#stop('end', '', at);
  }

  #stop(found: Found, why: string, at: number): number {
    this.found = found;
    this.why = why;
    return at;
  }

  describe(exchange: Exchange): void {
    exchange.command = this.#command;
    exchange.path = this.#key;
    if (!this.#isOfTransaction) return;
    const bytes = this.#transaction.abort(this.#command);
    if (bytes !== null) exchange.fate = { kind: 'answer', bytes, close: false, instead: DISCARD };
  }

  readonly #answers = new RedisAnswers();

  response(chunk: Buffer, at: number): number {
    const to = this.#answers.read(chunk, at);
    const { found } = this.#answers;
    return this.#stop(found, found === 'garbage' ? 'this is no answer of redis' : '', to);
  }

  error(exchange: Exchange, { message }: ErrorWish, chance: number): ProtocolError {
    const own = ['ERR broken on purpose', 'LOADING Redis is loading the dataset in memory'];
    const text = (message || own[chance < 0.5 ? 0 : 1]!).replace(/[\r\n]+/g, ' ');
    return {
      bytes: Buffer.from(`-${text}\r\n`),
      close: false,
      detail: `answered -${text}`,
      ...(this.#transaction.failed(exchange.command) ? { instead: DISCARD } : {}),
    };
  }
}
