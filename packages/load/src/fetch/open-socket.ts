import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { Origin } from './route.ts';
import { openTunnel } from './tunnel.ts';

/** A connection that is being opened, and the exchange that waits for it: the time of each phase is put down to it. */
interface Opening {
  readonly client: Client;
  readonly origin: Origin;
  readonly connection: Connection;
  readonly exchange: Exchange;
}

/**
 * Opens a socket for a connection: looks the host (or that of its proxy) up, tries its addresses one after the other,
 * makes the TLS session.
 */
export function openSocket(client: Client, origin: Origin, connection: Connection, exchange: Exchange): void {
  const opening = { client, origin, connection, exchange };
  if (origin.socketPath !== null) {
    tryAddress(opening, [origin.socketPath], 0);
    return;
  }
  const asked = client.now();
  client.resolver.addresses((origin.proxy ?? origin).hostname, (error, addresses) => {
    exchange.dns = client.now() - asked;
    if (error) connection.lost(failureOf(error));
    else if (!connection.destroyed) tryAddress(opening, addresses, 0);
  });
}

function tryAddress(opening: Opening, addresses: readonly string[], n: number): void {
  const { client, origin, connection, exchange } = opening;
  const began = client.now();
  const address = addresses[n]!;
  const socket = connect(opening, address);
  connection.attach(socket);
  let connected = false;
  client.sockets += 1;
  socket.once('connect', () => {
    connected = true;
    exchange.connect = client.now() - began;
    client.resolver.worked((origin.proxy ?? origin).hostname, address);
    if (!origin.tls) connection.opened();
    else if (origin.proxy) tunnel(opening, socket);
  });
  if (origin.tls && !origin.proxy) awaitTls(opening, socket as TLSSocket, began);
  socket.on('error', (error) => {
    if (connected || connection.destroyed || n + 1 >= addresses.length) connection.lost(failureOf(error));
    else tryAddress(opening, addresses, n + 1);
  });
  socket.on('end', () => connection.ended());
  socket.on('close', () => {
    client.sockets -= 1;
    if (connected) connection.ended();
  });
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
    rejectUnauthorized: tls.rejectUnauthorized,
    secureContext: tls.secureContext,
    // Server Name Indication is for names alone (RFC 6066, 3).
    servername: isIP(origin.hostname) ? '' : origin.hostname,
    host: origin.hostname,
    ALPNProtocols: ['http/1.1'],
    ...(session ? { session } : {}),
  };
}
