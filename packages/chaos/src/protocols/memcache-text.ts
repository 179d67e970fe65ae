import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import { Gatherer } from './lines.ts';
import type { Dialogue, Found } from './protocol.ts';

const stores = new Set(['set', 'add', 'replace', 'append', 'prepend', 'cas', 'ms']);
const meta = new Set(['mg', 'ms', 'md', 'ma', 'me']);
/** They cannot be silenced by noreply, which is a key here. */
const answered = new Set(['get', 'gets', 'gat', 'gats', ...meta, 'mn']);
const unanswered = new Set(['quit', 'shutdown', '']);
/** What answers meta commands, quiet ones too. */
const metaAnswers = new Set(['VA', 'HD', 'EN', 'NF', 'NS', 'EX', 'ME']);
/** Lines of statistics, up to their END. */
const lists = new Set(['STAT', 'ITEM', 'PREFIX']);
/** memcached itself takes no longer a line, a get of many keys aside. */
const LONGEST = 64 * 1024;

/** Quiet commands end with it for the backend, too, when it gets an error here. */
const MN = Buffer.from('mn\r\n');

/** The text protocol; https://github.com/memcached/memcached/blob/master/doc/protocol.txt */
export class MemcacheText implements Dialogue {
  readonly greetings = 0;
  readonly continues = false;
  expectsAnswer = true;
  found: Found = 'more';
  why = '';

  readonly #line = new Gatherer('\n', LONGEST);
  #words: string[] = [];
  #isQuiet = false;
  /** Quiet commands may still be answered, until mn says that all were. */
  #afterQuiet = false;
  #endsQuiet = false;
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
    if (verb === 'watch')
      return this.#stop('opaque', to, 'after a watch memcache tells what happens, unasked');
    const isQuiet = meta.has(verb) && this.#words.includes('q', 2);
    if (this.#afterQuiet && !isQuiet && meta.has(verb)) {
      const why = `${verb} after quiet commands may have their answer; mn tells them apart`;
      return this.#stop('opaque', to, why);
    }
    this.#isQuiet = isQuiet;
    this.#endsQuiet = this.#afterQuiet && verb === 'mn';
    this.#afterQuiet = isQuiet || (this.#afterQuiet && verb !== 'mn');
    this.#left = size;
    const isSilenced = this.#words.at(-1) === 'noreply' && !answered.has(verb);
    this.expectsAnswer = !isQuiet && !isSilenced && !unanswered.has(verb);
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
  #endsAfter: 'end' | 'aside' | null = null;

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
        if (this.#skip === 0 && this.#endsAfter) return this.#stop(this.#endsAfter, at);
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
      const command = exchange?.command ?? '';
      const found = isOfQuiet(word, command) ? 'aside' : 'end';
      this.#endsAfter = word === 'VA' ? found : null;
      if (word === 'VALUE') this.#skip = Number(words[3]) + 2;
      else if (word === 'VA') this.#skip = Number(words[1]) + 2;
      else if (!lists.has(word) && !(command === 'LRU_CRAWLER' && /^key=|^mg$/.test(word)))
        return this.#stop(found, at);
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
      always: this.#isQuiet, // errors are told by quiet commands, too
      ...(this.#endsQuiet ? { instead: MN } : {}),
    };
  }
}

/** Whether a line is said to a quiet command before the one that waits for its answer. */
function isOfQuiet(word: string, command: string): boolean {
  if (command === 'MN') return word !== 'MN' && word !== 'ERROR';
  return metaAnswers.has(word) && !meta.has(command.toLowerCase());
}
