import type { Exchange } from '../contracts.ts';
import { MemcacheBinary } from './memcache-binary.ts';
import { MemcacheText } from './memcache-text.ts';
import type { Dialogue, Protocol } from './protocol.ts';

/** memcached, by its text protocol with meta commands, or the binary one; the first byte tells which. */
export const memcache: Protocol = {
  name: 'memcache',
  about: 'memcached (text and binary). Command and key can be matched.',
  open: () => new Either(),
};

class Either implements Dialogue {
  #inner: Dialogue | null = null;

  get #its(): Dialogue {
    this.#inner ??= new MemcacheText();
    return this.#inner;
  }

  request(chunk: Buffer, at: number): number {
    if (this.#inner === null && chunk[at] === 0x80) this.#inner = new MemcacheBinary();
    return this.#its.request(chunk, at);
  }

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    return this.#its.response(chunk, at, exchange);
  }

  readonly greetings = 0;
  readonly continues = false;
  get found() {
    return this.#its.found;
  }
  get why() {
    return this.#its.why;
  }
  get expectsAnswer() {
    return this.#its.expectsAnswer;
  }
  describe(exchange: Exchange): void {
    this.#its.describe(exchange);
  }
  error(...given: Parameters<Dialogue['error']>): ReturnType<Dialogue['error']> {
    return this.#its.error(...given);
  }
}
