import { draw } from '../random.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { Active } from './setting.ts';

/** An active behaviour at work on one connection: it draws whom it hits, and tells what it did. */
export class Worker {
  readonly active: Active;
  readonly connection: Connection;
  readonly range: { from: number; to: number };
  private hitsConnection: boolean | undefined;
  private lastExchange: Exchange | undefined;
  private hitsLast = false;
  private told: Exchange | 'connection' | undefined;

  constructor(active: Active, range: { from: number; to: number }, connection: Connection) {
    this.active = active;
    this.range = range;
    this.connection = connection;
  }

  /** A number in [0, 1) of this behaviour's own: the same for the same seed, connection and places. */
  draw(...places: number[]): number {
    return draw(this.connection.seed, this.active.salt, this.connection.number, ...places);
  }

  /** Whether it hits the connection as a whole. */
  hitsAll(): boolean {
    this.hitsConnection ??= this.isHit(this.draw(0));
    return this.hitsConnection;
  }

  hitsExchange(exchange: Exchange): boolean {
    const { match, per } = this.active;
    if (exchange === this.lastExchange) return this.hitsLast;
    this.lastExchange = exchange;
    const matches = match === null || match.matches(exchange);
    this.hitsLast =
      matches && (per === 'connection' ? this.hitsAll() : this.isHit(this.draw(exchange.number)));
    return this.hitsLast;
  }

  /** @param lane 1 to the backend, 2 to the client; chunks are numbered from 1 in each */
  hitsChunk(exchange: Exchange, lane: number, chunk: number): boolean {
    const { match, per } = this.active;
    if (per !== 'chunk')
      return match === null && per === 'connection' ? this.hitsAll() : this.hitsExchange(exchange);
    return (match === null || match.matches(exchange)) && this.isHit(this.draw(lane, chunk));
  }

  /** Tells what was done; once for each of what the probability is drawn for. */
  tell(exchange: Exchange | null, detail: string): void {
    const { per, behavior } = this.active;
    if (per !== 'chunk') {
      const once = per === 'connection' ? 'connection' : (exchange ?? 'connection');
      if (this.told === once) return;
      this.told = once;
    }
    this.connection.tell(behavior.name, per === 'connection' ? null : exchange, detail);
  }

  private isHit(drawn: number): boolean {
    return drawn >= this.range.from && drawn < this.range.to;
  }
}
