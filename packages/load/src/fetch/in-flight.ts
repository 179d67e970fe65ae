import type { Exchange } from './exchange.ts';

/**
 * The exchanges of a thread that are not over, in the order of their begin: a linked list, because each is added and
 * removed once and the oldest ones are all that a deadline has to look at.
 */
export class InFlight {
  #first: Exchange | null = null;
  #last: Exchange | null = null;
  size = 0;

  add(exchange: Exchange): void {
    exchange.before = this.#last;
    if (this.#last) this.#last.after = exchange;
    else this.#first = exchange;
    this.#last = exchange;
    this.size += 1;
  }

  remove(exchange: Exchange): void {
    const { before, after } = exchange;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    exchange.before = null;
    exchange.after = null;
    this.size -= 1;
  }

  /** Those begun before `moment`, oldest first. What is visited may be removed on the way. */
  *begunBefore(moment: number): Generator<Exchange> {
    let exchange = this.#first;
    while (exchange && exchange.begun < moment) {
      const { after } = exchange;
      yield exchange;
      exchange = after;
    }
  }
}
