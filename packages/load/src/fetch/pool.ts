import type { Socket } from 'node:net';
import type { Client } from './client.ts';
import { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { openSocket, type SocketHolder } from './open-socket.ts';
import type { ResponseHead } from './response-head.ts';
import type { Origin } from './route.ts';

/** As many as browsers open. */
const MOST_CONNECTIONS = 6;

/** One user's ways to one origin. */
export interface OriginPool {
  /** Sends an exchange, now or when there is a way for it. */
  dispatch(exchange: Exchange): void;
  /** An exchange that waits for a way no longer does. */
  forget(exchange: Exchange): void;
  /** Closes what is idle. */
  closeIdle(): void;
}

/** One user's connections of HTTP/1.1 to one origin. */
export class Pool implements OriginPool {
  readonly client: Client;
  readonly #origin: Origin;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: Exchange[] = [];
  /** Connections whose answers nobody reads: they are not counted among those that may be open. */
  #held = 0;

  constructor(client: Client, origin: Origin) {
    this.client = client;
    this.#origin = origin;
  }

  /** Sends an exchange on an idle connection, or a new one, or when one becomes free. */
  dispatch(exchange: Exchange): void {
    let idle = this.#idle.pop();
    while (idle?.isStale(exchange.begun)) {
      idle.destroy();
      idle = this.#idle.pop();
    }
    if (idle) idle.start(exchange);
    else {
      exchange.waited = true;
      if (this.#hasRoom) this.#open(exchange);
      else this.#waiting.push(exchange);
    }
  }

  /** A connection carries a body that nobody reads. */
  held(): void {
    this.#held += 1;
    const next = this.#hasRoom ? this.#waiting.shift() : undefined;
    if (next) this.#open(next);
  }

  /** Its body is read again, or it is gone. */
  taken(): void {
    this.#held -= 1;
  }

  get #hasRoom(): boolean {
    return this.#all.size - this.#held < MOST_CONNECTIONS;
  }

  /** The first answer on a connection has come. */
  answered(socket: Socket, head: ResponseHead): void {
    this.client.peer.answered(this.#origin, socket, head);
  }

  /** A connection is free again. */
  release(connection: Connection): void {
    if (this.#waiting.length > 0) connection.start(this.#waiting.shift()!);
    else this.#idle.push(connection);
  }

  /** A connection is gone. */
  remove(connection: Connection): void {
    this.#all.delete(connection);
    const idle = this.#idle.indexOf(connection);
    if (idle >= 0) this.#idle.splice(idle, 1);
    const next = this.#hasRoom ? this.#waiting.shift() : undefined;
    if (next) this.#open(next);
  }

  /** An exchange that waits for a connection no longer does. */
  forget(exchange: Exchange): void {
    const at = this.#waiting.indexOf(exchange);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Closes what is idle. */
  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /**
   * Takes a socket that is connected.
   * @param exchange the first one that goes on it
   * @returns whose it is now
   */
  adopt(socket: Socket, exchange: Exchange | null): SocketHolder {
    const connection = new Connection(this);
    this.#all.add(connection);
    if (exchange) connection.reserve(exchange);
    connection.attach(socket);
    return connection.opened();
  }

  #open(exchange: Exchange): void {
    const connection = new Connection(this);
    this.#all.add(connection);
    connection.reserve(exchange);
    openSocket(this.client, this.#origin, connection, exchange);
  }
}
