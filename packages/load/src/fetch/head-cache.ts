import { parseHead, type ResponseHead } from './response-head.ts';

const MOST = 256;
/** Longer heads are seldom the same twice. */
const LONGEST = 2048;
/** So many lookups decide whether the next ones are worth it. */
const SAMPLE = 1024;

/**
 * Heads that were read already. A server says the same to the same request, but for the date, which changes once a
 * second; where its heads do differ every time, this steps aside.
 */
export class HeadCache {
  readonly #heads = new Map<string, ResponseHead>();
  #lookups = 0;
  #hits = 0;
  /** Lookups left to skip. */
  #skip = 0;

  /** @throws ParseError */
  parse(text: string): ResponseHead {
    if (text.length > LONGEST || this.#isAside()) return parseHead(text);
    this.#lookups += 1;
    const known = this.#heads.get(text);
    if (known) {
      this.#hits += 1;
      return known;
    }
    if (this.#heads.size >= MOST) this.#heads.clear();
    const head = parseHead(text);
    this.#heads.set(text, head);
    return head;
  }

  #isAside(): boolean {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return true;
    }
    if (this.#lookups === SAMPLE) {
      if (this.#hits < SAMPLE / 2) this.#skip = 16 * SAMPLE;
      this.#lookups = 0;
      this.#hits = 0;
    }
    return false;
  }
}
