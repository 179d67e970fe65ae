import { once } from 'node:events';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { createSecureContext, createServer as createTls, type Server as TlsServer } from 'node:tls';
import { hostAndPort } from '@marteau/net';
import { MarteauError } from '@marteau/shared';
import type { Authority } from '../authority/authority.ts';
import { placeOf } from './address.ts';

export interface AnyPortOptions {
  host: string;
  port: number;
  /** Null: TLS is refused with a sentence. */
  authority: Authority | null;
  /** Whose certificate a client gets that names no server. */
  defaultHost: string;
  onRequest: RequestListener;
  /** Takes a connection that begins with plain HTTP, once the first of it was read; else it is answered here. */
  onPlain?(socket: Socket, first: Buffer): void;
  /** Whether an upgrade is taken; else the request is an ordinary one. */
  takesUpgrade(upgrade: string): boolean;
  onUpgrade(request: Parameters<RequestListener>[0], socket: Socket, head: Buffer): void;
  /** Says what a person has to know. */
  onTrouble(sentence: string): void;
  /** A client refused the certificate of `host:port`, inside of CONNECT; unless given, it is a trouble. */
  onRefusal?(place: string): void;
  /** Whether connections to `host:port` are to be passed on as they are. */
  isPassedOn?(place: string): boolean;
  /** A client asked for one of these; it has no answer yet. */
  onPassedOn?(socket: Socket, head: Buffer, place: string): void;
}

/** A listening port for all: HTTP, TLS, and both inside of CONNECT. */
export interface AnyPort {
  port: number;
  /** Closes what is open; the port is free when it resolves. */
  close(): Promise<void>;
}

/** Where the requests of a connection go when they do not say it themselves: what its CONNECT named. */
const tunnels = new WeakMap<object, string>();

/** Connections that have brought a request. */
const heard = new WeakSet<object>();

/** `https://api.example.com:443` of the tunnel in which a request came; null for one that came directly. */
export function tunnelOf(socket: object): string | null {
  return tunnels.get(socket) ?? null;
}

/**
 * Listens. The first byte of a connection tells TLS from HTTP.
 *
 *     TCP ─┬─ 0x16 ─▶ TLS ─┬─▶ HTTP ─┬─▶ onRequest
 *          └───────────────┘         └─ CONNECT ─▶ (the same again, with the host in mind)
 *
 * @throws replay-not-listening
 */
export async function listenForAll(options: AnyPortOptions): Promise<AnyPort> {
  const open = new Set<Socket>();
  const http = httpServer(options, (socket, head, origin) => tunnel(socket, head, origin));
  const tls = new Map<string, TlsServer>();

  function accept(socket: Socket, target: string | null): void {
    socket.once('data', (first: Buffer) => {
      socket.pause();
      const isTls = first[0] === 0x16;
      if (options.onPlain && target === null && !isTls) {
        options.onPlain(socket, first);
        return;
      }
      socket.unshift(first);
      if (target !== null) tunnels.set(socket, `${isTls ? 'https' : 'http'}://${target}`);
      if (isTls) tlsFor(target).emit('connection', socket);
      else http.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  }

  function tunnel(socket: Socket, head: Buffer, target: string): void {
    if (options.isPassedOn?.(target)) {
      options.onPassedOn?.(socket, head, target);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    accept(socket, target);
    socket.resume();
  }

  function tlsFor(target: string | null): TlsServer {
    const key = target ?? '';
    let server = tls.get(key);
    if (server === undefined) {
      server = tlsServer(options, target);
      const silence = tellSilence(options, target);
      server.on('secureConnection', (socket) => {
        if (target !== null) tunnels.set(socket, `https://${target}`);
        silence(socket);
        http.emit('connection', socket);
      });
      tls.set(key, server);
    }
    return server;
  }

  const tcp = createTcp({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {}); // a client that goes away is no news
    accept(socket, null);
  });
  tcp.listen({ host: options.host, port: options.port });
  try {
    await once(tcp, 'listening');
  } catch (error) {
    throw notListening(options, error as NodeJS.ErrnoException);
  }
  return {
    port: (tcp.address() as AddressInfo).port,
    async close() {
      const closed = once(tcp, 'close');
      tcp.close();
      for (const socket of open) socket.destroy();
      http.close();
      await closed;
    },
  };
}

function httpServer(
  { onRequest, takesUpgrade, onUpgrade }: AnyPortOptions,
  onTunnel: (socket: Socket, head: Buffer, target: string) => void,
): Server {
  const server = createHttp(
    {
      keepAliveTimeout: 60_000,
      shouldUpgradeCallback: (request) => takesUpgrade(request.headers.upgrade ?? ''),
    },
    (request, response) => {
      heard.add(request.socket);
      onRequest(request, response);
    },
  );
  server.on('upgrade', (request, socket, head) => {
    heard.add(socket);
    onUpgrade(request, socket as Socket, head);
  });
  server.on('connect', (request, socket, head) => {
    const target = request.url ?? '';
    const isPlace = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]\\]+):\d{1,5}$/.test(target);
    if (isPlace && URL.canParse(`http://${target}`))
      onTunnel(socket as Socket, head, placeOf(`http://${target}`));
    else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nCONNECT names HOST:PORT.\n');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return void socket.destroy();
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nThe request is not HTTP as it should be: ${error.message}.\n`,
    );
  });
  return server;
}

function tlsServer(
  { authority, defaultHost, onTrouble, onRefusal }: AnyPortOptions,
  target: string | null,
): TlsServer {
  const host = target?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') ?? defaultHost;
  const server = createTls({
    ...(authority?.serverFor(host) ?? {}),
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) =>
      done(null, authority ? createSecureContext(authority.serverFor(name)) : undefined),
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const sentence = authority === null ? PLAIN_ONLY : refusalOf(error, host);
    if (sentence !== null && onRefusal && target !== null) onRefusal(target);
    else if (sentence !== null) onTrouble(sentence);
    socket.destroy();
  });
  return server;
}

/**
 * Some clients (those of GnuTLS) look at a certificate only after the handshake, and just go when they do not like it:
 * tells of the first that goes without having asked anything.
 */
function tellSilence({ defaultHost, onTrouble, onRefusal }: AnyPortOptions, target: string | null) {
  let isDoubtful = true;
  return (socket: Socket): void => {
    socket.once('close', () => {
      if (isDoubtful && !heard.has(socket)) {
        if (onRefusal && target !== null) onRefusal(target);
        else
          onTrouble(
            `A client came for ${target ?? defaultHost} by TLS and went without asking anything. If it failed, it does not trust this recorder's authority: ${HOW_TO_TRUST}`,
          );
      }
      isDoubtful = false;
    });
  };
}

const HOW_TO_TRUST =
  'start it with the variables that were printed (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE), give curl --cacert, or import the certificate into the browser.';
const PLAIN_ONLY = 'A client began TLS, and this stand-in answers plain HTTP. Call it by http://.';

/** Clients say why they refuse a certificate, if at all, by an alert. */
function refusalOf({ code = '' }: NodeJS.ErrnoException, host: string): string | null {
  const alert = /_ALERT_(\w+)$/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
  if (alert === undefined) return null;
  return `A client refused the certificate for ${host} (${alert}): it does not trust this recorder's authority: ${HOW_TO_TRUST}`;
}

function notListening({ host, port }: AnyPortOptions, error: NodeJS.ErrnoException): MarteauError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'something else already listens there. Stop it, or take port 0 for a free one',
    EACCES: 'this user may not listen there; ports below 1024 often need rights of their own',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no host of that name',
  };
  const where = hostAndPort(host, port);
  return new MarteauError(
    'replay-not-listening',
    { where, detail: reasons[error.code ?? ''] ?? error.message },
    { cause: error },
  );
}
