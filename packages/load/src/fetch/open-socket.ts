import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { Origin } from './route.ts';
import { openTunnel } from './tunnel.ts';

/** An address that has not answered for so long has the next one tried beside it; RFC 8305's Connection Attempt Delay. */
const NEXT_ADDRESS_MS = 250;
/** Of several, none is waited for longer than this. */
const LONGEST_ATTEMPT_MS = 10_000;

/** What a socket is opened for, and what is told of it then. */
export type SocketHolder = Pick<
  Connection,
  'destroyed' | 'attach' | 'whileOpening' | 'opened' | 'received' | 'ended' | 'lost'
>;

/** A connection that is being opened, and the exchange that waits for it: the time of each phase is put down to it. */
interface Opening {
  readonly client: Client;
  readonly origin: Origin;
  readonly connection: SocketHolder;
  readonly exchange: Exchange;
}

/**
 * Opens a socket for a connection: looks the host (or that of its proxy) up, races its addresses, makes the TLS session.
 */
export function openSocket(
  client: Client,
  origin: Origin,
  connection: SocketHolder,
  exchange: Exchange,
): void {
  const opening = { client, origin, connection, exchange };
  if (origin.socketPath !== null) {
    race(opening, [origin.socketPath]);
    return;
  }
  const asked = client.now();
  client.resolver.addresses((origin.proxy ?? origin).hostname, (error, addresses) => {
    exchange.dns = client.now() - asked;
    if (error) connection.lost(failureOf(error));
    else if (!connection.destroyed) race(opening, addresses);
  });
}

/**
 * Opens the first of some addresses that takes a connection (RFC 8305, 5): the next one is tried when the one before has
 * failed, or has not answered for a moment; whoever is connected first has won, and the others are closed.
 */
function race(opening: Opening, addresses: readonly string[]): void {
  const { client, origin, connection } = opening;
  const { hostname } = origin.proxy ?? origin;
  const attempts = new Set<Socket>();
  let next = 0;
  let won = false;
  let timer: NodeJS.Timeout | undefined;
  connection.whileOpening(() => {
    clearTimeout(timer);
    for (const socket of attempts) socket.destroy();
  });
  const tryNext = (): void => {
    const address = addresses[next]!;
    next += 1;
    const isLast = next === addresses.length;
    const socket = tryAddress(opening, address, {
      connected() {
        if (won || connection.destroyed) {
          socket.destroy();
          return false;
        }
        won = true;
        clearTimeout(timer);
        attempts.delete(socket);
        for (const other of attempts) other.destroy();
        connection.attach(socket);
        client.resolver.worked(hostname, address);
        return true;
      },
      failed(error) {
        attempts.delete(socket);
        if (won || connection.destroyed) return;
        client.resolver.failed(hostname, address);
        clearTimeout(timer);
        if (next < addresses.length) tryNext();
        else if (attempts.size === 0) connection.lost(failureOf(error));
      },
    });
    attempts.add(socket);
    if (addresses.length === 1) return;
    socket.setTimeout(LONGEST_ATTEMPT_MS, () => socket.destroy(new Error(`${address} does not answer`)));
    if (isLast) return;
    timer = setTimeout(() => {
      client.resolver.failed(hostname, address);
      tryNext();
    }, NEXT_ADDRESS_MS);
  };
  tryNext();
}

interface Attempt {
  /** @returns whether it is the first one */
  connected(): boolean;
  failed(error: Error): void;
}

function tryAddress(opening: Opening, address: string, attempt: Attempt): Socket {
  const { client, origin, connection, exchange } = opening;
  const began = client.now();
  const socket = connect(opening, address);
  let isOurs = false;
  client.sockets += 1;
  socket.once('connect', () => {
    isOurs = attempt.connected();
    if (!isOurs) return;
    socket.setTimeout(0);
    exchange.connect = client.now() - began;
    if (!origin.tls) connection.opened();
    else if (origin.proxy) tunnel(opening, socket);
  });
  if (origin.tls && !origin.proxy) awaitTls(opening, socket as TLSSocket, began);
  socket.on('error', (error) => {
    if (isOurs) connection.lost(failureOf(error));
    else attempt.failed(error);
  });
  socket.on('end', () => isOurs && connection.ended());
  socket.on('close', () => {
    client.sockets -= 1;
    if (isOurs) connection.ended();
  });
  return socket;
}

/** The plain way: straight, and with all sockets reading into the thread's buffer. */
function connect({ client, origin, connection }: Opening, address: string): Socket {
  const { proxy, tls, socketPath } = origin;
  const onread = {
    buffer: client.readBuffer,
    callback: (length: number, bytes: Uint8Array) => {
      connection.received(bytes as Buffer, length);
      return true;
    },
  };
  if (socketPath !== null) return connectTcp({ path: socketPath, onread });
  const to = { host: address, port: (proxy ?? origin).port, noDelay: true };
  // What a proxy says before the tunnel stands is not the target's.
  if (proxy && tls) return connectTcp(to);
  const options = { ...to, onread };
  return tls ? connectTls({ ...tlsOptions(client, origin), ...options }) : connectTcp(options);
}

function tunnel(opening: Opening, socket: Socket): void {
  const { client, origin, connection, exchange } = opening;
  const began = client.now();
  openTunnel(socket, origin.proxy!, origin, (failure) => {
    exchange.connect += client.now() - began;
    if (failure) {
      connection.lost(failure);
      return;
    }
    const secured = connectTls({ socket, ...tlsOptions(client, origin) });
    connection.attach(secured);
    awaitTls(opening, secured, client.now() - exchange.connect);
    secured.on('data', (bytes: Buffer) => connection.received(bytes, bytes.length));
    secured.on('error', (error) => connection.lost(failureOf(error)));
    secured.on('end', () => connection.ended());
    secured.on('close', () => connection.ended());
  });
}

/** @param began ms: since then connecting has taken `exchange.connect` */
function awaitTls({ client, origin, connection, exchange }: Opening, socket: TLSSocket, began: number): void {
  socket.once('secureConnect', () => {
    exchange.tls = client.now() - began - exchange.connect;
    connection.opened();
  });
  socket.on('session', (session: Buffer) => client.sessions.set(origin, session));
}

function tlsOptions({ tls, sessions }: Client, origin: Origin): ConnectionOptions {
  const session = sessions.get(origin);
  return {
    // As for Node's own: a script may set it at any time.
    rejectUnauthorized: tls.rejectUnauthorized && process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
    secureContext: tls.secureContext,
    // Server Name Indication is for names alone (RFC 6066, 3).
    servername: isIP(origin.hostname) ? '' : origin.hostname,
    host: origin.hostname,
    ALPNProtocols: ['http/1.1'],
    ...(session ? { session } : {}),
  };
}
