import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as TlsAgent } from 'node:https';
import { connect as connectTcp, type NetConnectOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, getCACertificates } from 'node:tls';
import { endsHere, type HeaderList } from '../tape/headers.ts';
import { directly } from './direct.ts';

export interface UpstreamOptions {
  /** Trusted besides the machine's own, as PEM. */
  ca?: string | undefined;
  /** Takes any certificate. */
  insecure?: boolean | undefined;
}

/** The real servers. */
export class Upstream {
  readonly #plain: Agent;
  readonly #secure: TlsAgent;

  constructor({ ca, insecure }: UpstreamOptions = {}) {
    this.#plain = new Agent({ keepAlive: true });
    this.#plain.createConnection = (options) => connectTcp(directly(options as NetConnectOpts));
    this.#secure = new TlsAgent({
      keepAlive: true,
      rejectUnauthorized: !insecure,
      ...(ca === undefined ? {} : { ca: [...getCACertificates(), ca] }),
    });
    this.#secure.createConnection = (options) => connectTls(directly(options as ConnectionOptions));
  }

  /** Begins a request; the body is for the caller to write. */
  request(method: string, url: { origin: string; target: string }, headers: HeaderList): ClientRequest {
    const isSecure = url.origin.startsWith('https:');
    const { hostname, port } = new URL(url.origin);
    const options = {
      method,
      path: url.target,
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isSecure ? 443 : 80) : Number(port),
      headers: outgoing(headers, url.origin) as unknown as readonly string[],
      setDefaultHeaders: false,
    };
    return isSecure
      ? requestHttps({ ...options, agent: this.#secure })
      : requestHttp({ ...options, agent: this.#plain });
  }

  /** A connection of its own, for what is not HTTP any more. */
  connect(origin: string): Socket {
    const { protocol, hostname, port } = new URL(origin);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    if (protocol === 'http:') return connectTcp(directly({ host, port: Number(port || 80) }));
    const { ca, rejectUnauthorized } = this.#secure.options;
    const named = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    return connectTls(directly({ host, port: Number(port || 443), ca, rejectUnauthorized, ...named }));
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** A flat list, in the client's order and spelling; what belongs to the client's connection stays here. */
function outgoing(headers: HeaderList, origin: string): string[] {
  const flat: string[] = [];
  let hasHost = false;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'host') {
      hasHost = true;
      flat.push(name, new URL(origin).host);
    } else if (lower === 'transfer-encoding') flat.push(name, 'chunked');
    else if (!endsHere(lower) && lower !== 'expect') flat.push(name, value);
  }
  if (!hasHost) flat.unshift('Host', new URL(origin).host);
  return flat;
}

/** Why a server could not be asked, as a sentence. */
export function upstreamFailure(origin: string, error: NodeJS.ErrnoException): string {
  const { code = '', message } = error;
  if (code === 'ENOTFOUND')
    return `There is no host of the name in ${origin}. Correct it, or check the network.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${origin}. Start the server, or replay its tape.`;
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO/.test(code)) {
    return `The certificate of ${origin} is not trusted (${code}). Name its authority with --upstream-ca FILE, or take any with --insecure.`;
  }
  return `${origin} did not answer: ${code || message}. Try again, or replay its tape.`;
}

/** Whether the server had closed a kept connection at the moment it was used again. */
export function wasStale(
  request: ClientRequest,
  error: NodeJS.ErrnoException,
  answer: IncomingMessage | null,
): boolean {
  return request.reusedSocket && answer === null && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
