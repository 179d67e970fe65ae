import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, TLSSocket } from 'node:tls';
import { ReadBuffer, type Receive, readAccepted } from '@marteau/net';
import type { Address } from '../address.ts';

/** One side of a connection: what is read and written, and the socket beneath it. */
export interface Endpoint {
  readonly stream: Socket;
  /** The same as `stream` where there is no TLS. */
  readonly raw: Socket;
}

/** TLS towards the backend. */
export interface UpstreamTls {
  /** The name in its certificate; the upstream's host unless given. */
  servername?: string;
  /** Trusted besides the machine's own, as PEM. */
  ca?: string;
  /** Takes any certificate. */
  insecure?: boolean;
}

/** A client's socket; with a context, TLS ends here. */
export function accepted(socket: Socket, context: SecureContext | undefined, receive: Receive): Endpoint {
  if (context === undefined) {
    const raw = readAccepted(socket, receive);
    return { stream: raw, raw };
  }
  const stream = new TLSSocket(socket, { isServer: true, secureContext: context });
  stream.on('data', receive);
  return { stream, raw: socket };
}

/** Calls the backend. What is written before it answers waits. */
export function callBackend(address: Address, tls: UpstreamTls | undefined, receive: Receive): Endpoint {
  const options = { ...address, noDelay: true, allowHalfOpen: true };
  if (tls === undefined) {
    const raw = connectTcp({ ...options, onread: new ReadBuffer(receive) });
    return { stream: raw, raw };
  }
  const raw = connectTcp(options);
  const servername = tls.servername ?? ('host' in address ? address.host : '');
  const named = /^[\d.:]*$/.test(servername) ? {} : { servername };
  const { ca, insecure } = tls;
  const stream = connectTls({
    socket: raw,
    ...named,
    ca,
    rejectUnauthorized: !insecure,
    ALPNProtocols: [],
  });
  stream.on('data', receive);
  return { stream, raw };
}

/** Ends it with a TCP reset, where there is TCP. */
export function reset({ stream, raw }: Endpoint): void {
  try {
    // A socket that has sent its FIN cannot be reset any more: Node would leave its handle open.
    if (raw.writableEnded || stream.writableEnded) raw.destroy();
    else raw.resetAndDestroy();
  } catch {
    raw.destroy(); // a Unix socket has no reset
  }
  stream.destroy();
}
