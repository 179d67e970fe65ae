import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Client } from './client.ts';
import type { Exchange } from './exchange.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Origin } from './route.ts';
import { openTunnel } from './tunnel.ts';

/** An address that has not answered for so long has the next one tried beside it; RFC 8305's Connection Attempt Delay. */
const NEXT_ADDRESS_MS = 250;
/** Of several, none is waited for longer than this. */
const LONGEST_ATTEMPT_MS = 10_000;

/** Whose a socket is, from its opening on. */
export interface SocketHolder {
  /** Whether it is of no more use; what opens it need not go on. */
  readonly destroyed: boolean;
  /** @param giveUp ends all attempts to open it; to be called where it is of no more use before one has won */
  whileOpening(giveUp: () => void): void;
  /** This socket is its own. */
  attach(socket: Socket): void;
  /**
   * The socket is connected, and its TLS session made.
   * @param protocol what TLS has agreed on (ALPN, RFC 7301), HTTP/1.1 where it has on nothing; null without TLS
   * @returns who has the socket from here on
   */
  opened(protocol: string | null): SocketHolder;
  /** Bytes 0 … length of the thread's read buffer are its own. */
  received(bytes: Buffer, length: number): void;
  /** The other side has closed its half. */
  ended(): void;
  /** The socket failed or is gone. */
  lost(failure: Failure): void;
}

/** How a socket is to be opened. */
interface How {
  /** What TLS offers (ALPN), best first. */
  readonly protocols: readonly string[];
  /** Whether a proxy is asked for a tunnel even without TLS. */
  readonly tunnel: boolean;
}

const overHttp1: How = { protocols: ['http/1.1'], tunnel: false };

/** A socket that is being opened, and the exchange that waits for it: the time of each phase is put down to it. */
interface Opening {
  readonly client: Client;
  readonly origin: Origin;
  owner: SocketHolder;
  readonly exchange: Exchange;
  readonly how: How;
}

/** Opens a socket: looks the host (or that of its proxy) up, races its addresses, makes the TLS session. */
export function openSocket(
  client: Client,
  origin: Origin,
  owner: SocketHolder,
  exchange: Exchange,
  how: How = overHttp1,
): void {
  const opening = { client, origin, owner, exchange, how };
  if (origin.socketPath !== null) {
    race(opening, [origin.socketPath]);
    return;
  }
  const asked = client.now();
  client.resolver.addresses((origin.proxy ?? origin).hostname, (error, addresses) => {
    exchange.dns = client.now() - asked;
    if (error) owner.lost(failureOf(error));
    else if (!owner.destroyed) race(opening, addresses);
  });
}

/**
 * Opens the first of some addresses that takes a connection (RFC 8305, 5): the next one is tried when the one before has
 * failed, or has not answered for a moment; whoever is connected first has won, and the others are closed.
 */
function race(opening: Opening, addresses: readonly string[]): void {
  const { client, origin, owner } = opening;
  const { hostname } = origin.proxy ?? origin;
  const attempts = new Set<Socket>();
  let next = 0;
  let won = false;
  let timer: NodeJS.Timeout | undefined;
  owner.whileOpening(() => {
    clearTimeout(timer);
    for (const socket of attempts) socket.destroy();
  });
  const tryNext = (): void => {
    const address = addresses[next]!;
    next += 1;
    const isLast = next === addresses.length;
    const socket = tryAddress(opening, address, {
      connected() {
        if (won || owner.destroyed) {
          socket.destroy();
          return false;
        }
        won = true;
        clearTimeout(timer);
        attempts.delete(socket);
        for (const other of attempts) other.destroy();
        owner.attach(socket);
        client.resolver.worked(hostname, address);
        return true;
      },
      failed(error) {
        attempts.delete(socket);
        if (won || owner.destroyed) return;
        client.resolver.failed(hostname, address);
        clearTimeout(timer);
        if (next < addresses.length) tryNext();
        else if (attempts.size === 0) owner.lost(failureOf(error));
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
  const { client, origin, exchange } = opening;
  const began = client.now();
  const socket = connect(opening, address);
  let isOurs = false;
  client.sockets += 1;
  socket.once('connect', () => {
    isOurs = attempt.connected();
    if (!isOurs) return;
    socket.setTimeout(0);
    exchange.connect = client.now() - began;
    if (origin.proxy && isTunnelled(opening)) tunnel(opening, socket);
    else if (!origin.tls) opening.owner = opening.owner.opened(null);
  });
  if (origin.tls && !origin.proxy) awaitTls(opening, socket as TLSSocket, began);
  socket.on('error', (error) => {
    if (isOurs) opening.owner.lost(failureOf(error));
    else attempt.failed(error);
  });
  socket.on('end', () => isOurs && opening.owner.ended());
  socket.on('close', () => {
    client.sockets -= 1;
    if (isOurs) opening.owner.ended();
  });
  return socket;
}

/** The plain way: straight, and with all sockets reading into the thread's buffer. */
function connect(opening: Opening, address: string): Socket {
  const { client, origin } = opening;
  const { proxy, tls, socketPath } = origin;
  const onread = {
    buffer: client.readBuffer,
    callback: (length: number, bytes: Uint8Array) => {
      opening.owner.received(bytes as Buffer, length);
      return true;
    },
  };
  if (socketPath !== null) return connectTcp({ path: socketPath, onread });
  const to = { host: address, port: (proxy ?? origin).port, noDelay: true };
  // What a proxy says before the tunnel stands is not the target's.
  if (proxy && isTunnelled(opening)) return connectTcp(to);
  const options = { ...to, onread };
  return tls ? connectTls({ ...tlsOptions(opening), ...options }) : connectTcp(options);
}

function tunnel(opening: Opening, socket: Socket): void {
  const { client, origin, exchange } = opening;
  const began = client.now();
  openTunnel(socket, origin.proxy!, origin, (failure, rest) => {
    exchange.connect += client.now() - began;
    if (failure) {
      opening.owner.lost(failure);
      return;
    }
    if (!origin.tls) {
      socket.on('data', (bytes: Buffer) => opening.owner.received(bytes, bytes.length));
      opening.owner = opening.owner.opened(null);
      if (rest.length > 0) opening.owner.received(rest, rest.length);
      return;
    }
    // A server of TLS waits to be spoken to.
    if (rest.length > 0) {
      opening.owner.lost({ code: 'proxy: parse', message: 'the proxy said more than that it is ready' });
      return;
    }
    const secured = connectTls({ socket, ...tlsOptions(opening) });
    opening.owner.attach(secured);
    awaitTls(opening, secured, client.now() - exchange.connect);
    secured.on('data', (bytes: Buffer) => opening.owner.received(bytes, bytes.length));
    secured.on('error', (error) => opening.owner.lost(failureOf(error)));
    secured.on('end', () => opening.owner.ended());
    secured.on('close', () => opening.owner.ended());
  });
}

/** @param began ms: since then connecting has taken `exchange.connect` */
function awaitTls(opening: Opening, socket: TLSSocket, began: number): void {
  const { client, origin, exchange } = opening;
  socket.once('secureConnect', () => {
    exchange.tls = client.now() - began - exchange.connect;
    opening.owner = opening.owner.opened(socket.alpnProtocol || 'http/1.1');
  });
  socket.on('session', (session: Buffer) => client.sessions.set(origin, session));
}

function isTunnelled({ origin, how }: Opening): boolean {
  return origin.tls || how.tunnel;
}

function tlsOptions({ client: { tls, sessions }, origin, how }: Opening): ConnectionOptions {
  const session = sessions.get(origin);
  return {
    // As for Node's own: a script may set it at any time.
    rejectUnauthorized: tls.rejectUnauthorized && process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
    secureContext: tls.secureContext,
    // Server Name Indication is for names alone (RFC 6066, 3).
    servername: isIP(origin.hostname) ? '' : origin.hostname,
    host: origin.hostname,
    ALPNProtocols: [...how.protocols],
    ...(session ? { session } : {}),
  };
}
