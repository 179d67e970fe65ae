import type { Socket } from 'node:net';
import type { Client } from '../client.ts';
import type { Exchange } from '../exchange.ts';
import type { Failure } from '../failure.ts';
import { openSocket, type SocketHolder } from '../open-socket.ts';
import { type OriginPool, Pool } from '../pool.ts';
import type { ResponseHead } from '../response-head.ts';
import type { Origin } from '../route.ts';
import { Http2Connection } from './http2-connection.ts';

/**
 * One user's connection of HTTP/2 to one origin, and what waits for it. Where the server chooses HTTP/1.1, and may, all
 * goes on as there.
 */
export class Http2Pool implements OriginPool {
  readonly client: Client;
  readonly #origin: Origin;
  #connection: Http2Connection | null = null;
  /** Those that take no more streams, and have some left. */
  readonly #draining = new Set<Http2Connection>();
  #waiting: Exchange[] = [];
  /** Once the server has chosen HTTP/1.1. */
  #older: Pool | null = null;

  constructor(client: Client, origin: Origin) {
    this.client = client;
    this.#origin = origin;
  }

  dispatch(exchange: Exchange): void {
    const { client } = this;
    if (client.http === '2' && !this.#origin.tls) this.#refuse(exchange, 'is asked without TLS');
    else if (this.#older) this.#older.dispatch(exchange);
    else if (this.#connection?.hasRoom) this.#connection.start(exchange);
    else {
      exchange.waited = true;
      this.#waiting.push(exchange);
      if (!this.#connection) this.#open();
    }
  }

  forget(exchange: Exchange): void {
    this.#older?.forget(exchange);
    const at = this.#waiting.indexOf(exchange);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#waiting.length === 0 && this.#connection?.isOpening) this.#connection.destroy();
  }

  closeIdle(): void {
    this.#older?.closeIdle();
    if (this.#connection?.isIdle && !this.#connection.isOpening) this.#connection.destroy();
  }

  answered(socket: Socket, head: ResponseHead): void {
    this.client.peer.answered(this.#origin, socket, head);
  }

  /** The server has chosen HTTP/1.1; @returns who has the socket now. */
  declined(connection: Http2Connection, socket: Socket): SocketHolder {
    this.#connection = null;
    const waiting = this.#waiting.splice(0);
    if (this.client.http !== 'auto') {
      socket.destroy();
      for (const exchange of waiting) this.#refuse(exchange, 'does not speak it');
      return connection;
    }
    const older = new Pool(this.client, this.#origin);
    this.#older = older;
    const owner = older.adopt(socket, waiting.shift() ?? null);
    for (const exchange of waiting) older.dispatch(exchange);
    return owner;
  }

  /** There may be room for another stream. */
  release(connection: Http2Connection): void {
    while (this.#waiting.length > 0 && connection.hasRoom) connection.start(this.#waiting.shift()!);
  }

  /** A connection takes no more streams. @param failure what waits has failed with it; null to open another one */
  retire(connection: Http2Connection, failure: Failure | null): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#draining.add(connection);
    if (failure) this.#fail(failure);
    else if (this.#waiting.length > 0) this.#open();
  }

  /** A connection is gone. */
  remove(connection: Http2Connection): void {
    this.#draining.delete(connection);
    if (this.#connection !== connection) return;
    this.#connection = null;
  }

  /** A connection has failed: what waits for one that never served any fails with it. */
  lost(hasServed: boolean, failure: Failure): void {
    if (this.#connection || this.#waiting.length === 0) return;
    if (hasServed) this.#open();
    else this.#fail(failure);
  }

  #fail(failure: Failure): void {
    const hasNone = failure.code.endsWith('NO_APPLICATION_PROTOCOL');
    for (const exchange of this.#waiting.splice(0)) {
      if (hasNone) this.#refuse(exchange, 'does not speak it');
      else exchange.fail(failure);
    }
  }

  #refuse(exchange: Exchange, why: string): void {
    const { http } = this.client;
    exchange.fail({
      code: 'no http/2',
      message: `\`http: ${http}\` asks for HTTP/2 over TLS, and ${this.#origin.host} ${why}. Write \`http: auto\` to take what a server speaks, or \`http: h2c\` for HTTP/2 without TLS`,
    });
  }

  #open(): void {
    const connection = new Http2Connection(this);
    this.#connection = connection;
    const { client } = this;
    const { tls } = this.#origin;
    const protocols = client.http === 'auto' ? ['h2', 'http/1.1'] : ['h2'];
    openSocket(client, this.#origin, connection, this.#waiting[0]!, { protocols, tunnel: !tls });
  }
}
