import type { Socket } from 'node:net';
import type { Client } from './client.ts';
import { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { openSocket } from './open-socket.ts';
import type { ResponseHead } from './response-head.ts';
import type { Origin } from './route.ts';

/** As many as browsers open. */
const MOST_CONNECTIONS = 6;

/** One user's connections to one origin. */
export class Pool {
  readonly client: Client;
  readonly #origin: Origin;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: Exchange[] = [];

  constructor(client: Client, origin: Origin) {
    this.client = client;
    this.#origin = origin;
  }

  /** Sends an exchange on an idle connection, or a new one, or when one becomes free. */
  dispatch(exchange: Exchange): void {
    const idle = this.#idle.pop();
    if (idle) idle.start(exchange);
    else {
      exchange.waited = true;
      if (this.#all.size < MOST_CONNECTIONS) this.#open(exchange);
      else this.#waiting.push(exchange);
    }
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
    const next = this.#waiting.shift();
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

  #open(exchange: Exchange): void {
    const connection = new Connection(this);
    this.#all.add(connection);
    connection.reserve(exchange);
    openSocket(this.client, this.#origin, connection, exchange);
  }
}
