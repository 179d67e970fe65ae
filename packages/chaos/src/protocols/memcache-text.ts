import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import { Gatherer } from './lines.ts';
import type { Dialogue, Found } from './protocol.ts';

const stores = new Set(['set', 'add', 'replace', 'append', 'prepend', 'cas', 'ms']);
/** memcached itself takes no longer a line, a get of many keys aside. */
const LONGEST = 64 * 1024;

/** The text protocol; https://github.com/memcached/memcached/blob/master/doc/protocol.txt */
export class MemcacheText implements Dialogue {
  readonly greetings = 0;
  readonly continues = false;
  expectsAnswer = true;
  found: Found = 'more';
  why = '';

  readonly #line = new Gatherer('\n', LONGEST);
  #words: string[] = [];
  #left = -1; // bytes of a value still to come; -1 while a line is read

  request(chunk: Buffer, at: number): number {
    if (this.#left >= 0) {
      const step = Math.min(this.#left, chunk.length - at);
      this.#left -= step;
      if (this.#left > 0) return this.#stop('more', at + step);
      this.#left = -1;
      return this.#stop('end', at + step);
    }
    const first = chunk[at]!;
    if (!this.#line.isOpen && (first < 0x20 || first > 0x7e) && first !== 0x0d && first !== 0x0a) {
      return this.#stop('garbage', at, 'this is no memcache command');
    }
    const to = this.#line.take(chunk, at);
    if (to < 0) {
      if (this.#line.tooLong) return this.#stop('garbage', at, 'a line is longer than memcache takes');
      return this.#stop('more', chunk.length);
    }
    this.#words = this.#line.taken.toString('latin1').trim().split(/ +/);
    const [verb = ''] = this.#words;
    const size = this.#valueSize(verb);
    if (Number.isNaN(size)) return this.#stop('garbage', at, `${verb} has no size where one belongs`);
    if (
      verb === 'watch' ||
      (/^m[gsda]$/.test(verb) && this.#words.slice(2).some((flag) => flag.startsWith('q')))
    ) {
      return this.#stop('opaque', to, `after a ${verb} of this kind memcache does not answer one to one`);
    }
    this.#left = size;
    this.expectsAnswer = this.#words.at(-1) !== 'noreply' && verb !== 'quit' && verb !== '';
    return this.#stop('head', to);
  }

  /** Bytes that follow the line, their end included. */
  #valueSize(verb: string): number {
    if (!stores.has(verb)) return 0;
    const size = this.#words[verb === 'ms' ? 2 : 4] ?? '';
    return /^\d{1,10}$/.test(size) ? Number(size) + 2 : Number.NaN;
  }

  describe(exchange: Exchange): void {
    exchange.command = (this.#words[0] ?? '').toUpperCase();
    exchange.path = this.#words[exchange.command.startsWith('GAT') ? 2 : 1] ?? null;
  }

  readonly #answer = new Gatherer('\n', 64 * 1024);
  #skip = 0;
  #endsAfter = false;

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
        if (this.#skip === 0 && this.#endsAfter) return this.#stop('end', at);
        continue;
      }
      const to = this.#answer.take(chunk, at);
      if (to < 0) {
        if (this.#answer.tooLong) return this.#stop('garbage', at, 'an answer is longer than memcache gives');
        return this.#stop('more', chunk.length);
      }
      at = to;
      const words = this.#answer.taken.toString('latin1').trim().split(' ');
      const [word = ''] = words;
      this.#endsAfter = word === 'VA';
      if (word === 'VALUE') this.#skip = Number(words[3]) + 2;
      else if (word === 'VA') this.#skip = Number(words[1]) + 2;
      else if (
        !(
          word === 'STAT' ||
          word === 'ITEM' ||
          (exchange?.command === 'LRU_CRAWLER' && word !== 'END' && word !== 'OK')
        )
      ) {
        return this.#stop('end', at);
      }
      if (!(this.#skip >= 0)) return this.#stop('garbage', at, 'an answer has no size where one belongs');
    }
    return this.#stop('more', at);
  }

  #stop(found: Found, at: number, why = ''): number {
    this.found = found;
    this.why = why;
    return at;
  }

  error(_exchange: Exchange, { message }: ErrorWish): ProtocolError {
    const text = (message || 'broken on purpose').replace(/[\r\n]+/g, ' ');
    return {
      bytes: Buffer.from(`SERVER_ERROR ${text}\r\n`),
      close: false,
      detail: `answered SERVER_ERROR ${text}`,
    };
  }
}
