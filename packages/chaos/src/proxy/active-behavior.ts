import { draw } from '@marteau/shared';
import type * as contracts from '../contracts.ts';
import type { Exchange } from '../contracts.ts';
import type { PreparedBehavior, Range } from './setting.ts';

/** What an active behaviour needs of its connection, beside what its hooks do. */
interface Connection extends contracts.Connection {
  readonly number: number;
  readonly seed: number;
  tell(behavior: string, exchange: Exchange | null, detail: string): void;
}

/** A behaviour at work on one connection: it draws whom it hits, and tells what it did. */
export class ActiveBehavior implements contracts.ActiveBehavior {
  readonly prepared: PreparedBehavior;
  readonly range: Range;
  readonly connection: Connection;
  #hitsConnection: boolean | undefined;
  #lastExchange: Exchange | undefined;
  #hitsLast = false;
  #told: Exchange | 'connection' | undefined;

  constructor(prepared: PreparedBehavior, range: Range, connection: Connection) {
    this.prepared = prepared;
    this.range = range;
    this.connection = connection;
  }

  draw(...places: number[]): number {
    return draw(this.connection.seed, this.prepared.salt, this.connection.number, ...places);
  }

  hitsAll(): boolean {
    this.#hitsConnection ??= this.#isHit(this.draw(0));
    return this.#hitsConnection;
  }

  hitsExchange(exchange: Exchange): boolean {
    const { match, per } = this.prepared;
    if (exchange === this.#lastExchange) return this.#hitsLast;
    this.#lastExchange = exchange;
    const matches = match === null || match(exchange);
    this.#hitsLast =
      matches && (per === 'connection' ? this.hitsAll() : this.#isHit(this.draw(exchange.number)));
    return this.#hitsLast;
  }

  /** @param link 1 to the backend, 2 to the client; chunks are numbered from 1 in each */
  hitsChunk(exchange: Exchange, link: number, chunk: number): boolean {
    const { match, per } = this.prepared;
    if (per !== 'chunk')
      return match === null && per === 'connection' ? this.hitsAll() : this.hitsExchange(exchange);
    return (match === null || match(exchange)) && this.#isHit(this.draw(link, chunk));
  }

  tell(exchange: Exchange | null, detail: string): void {
    const { per, behavior } = this.prepared;
    if (per !== 'chunk') {
      const once = per === 'connection' ? 'connection' : (exchange ?? 'connection');
      if (this.#told === once) return;
      this.#told = once;
    }
    this.connection.tell(behavior.name, per === 'connection' ? null : exchange, detail);
  }

  #isHit(drawn: number): boolean {
    return drawn >= this.range.from && drawn < this.range.to;
  }
}
