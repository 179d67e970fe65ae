import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { Origin } from './route.ts';

/**
 * Opens a socket for a connection: looks the host up, tries its addresses one after the other, makes the TLS session.
 * The time of each is put down to the exchange that waits for it.
 */
export function openSocket(client: Client, origin: Origin, connection: Connection, exchange: Exchange): void {
  const asked = client.now();
  client.resolver.addresses(origin.hostname, (error, addresses) => {
    exchange.dns = client.now() - asked;
    if (error) connection.lost(failureOf(error));
    else if (!connection.destroyed) tryAddress(client, origin, connection, exchange, addresses, 0);
  });
}

function tryAddress(
  client: Client,
  origin: Origin,
  connection: Connection,
  exchange: Exchange,
  addresses: readonly string[],
  n: number,
): void {
  const began = client.now();
  const host = addresses[n]!;
  const socket = connectTcpOrTls(client, origin, host, connection);
  connection.attach(socket);
  let connected = false;
  client.sockets += 1;
  socket.once('connect', () => {
    connected = true;
    exchange.connect = client.now() - began;
    client.resolver.worked(origin.hostname, host);
    if (!origin.tls) connection.opened();
  });
  if (origin.tls) {
    socket.once('secureConnect', () => {
      exchange.tls = client.now() - began - exchange.connect;
      connection.opened();
    });
    socket.on('session', (session: Buffer) => client.sessions.set(origin, session));
  }
  socket.on('error', (error) => {
    if (connected || connection.destroyed || n + 1 >= addresses.length) connection.lost(failureOf(error));
    else tryAddress(client, origin, connection, exchange, addresses, n + 1);
  });
  socket.on('end', () => connection.ended());
  socket.on('close', () => {
    client.sockets -= 1;
    if (connected) connection.ended();
  });
}

function connectTcpOrTls(
  client: Client,
  origin: Origin,
  host: string,
  connection: Connection,
): Socket | TLSSocket {
  const onread = {
    buffer: client.readBuffer,
    callback: (length: number, bytes: Uint8Array) => {
      connection.received(bytes as Buffer, length);
      return true;
    },
  };
  const options = { host, port: origin.port, noDelay: true, onread };
  if (!origin.tls) return connectTcp(options);
  const session = client.sessions.get(origin);
  return connectTls({
    ...options,
    ...client.tls,
    servername: /^[\d.]+$|:/.test(origin.hostname) ? '' : origin.hostname,
    ALPNProtocols: ['http/1.1'],
    ...(session ? { session } : {}),
  });
}
