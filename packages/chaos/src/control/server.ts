import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMarteauError, MarteauError } from '@marteau/shared';
import { formatAddress, isLoopback, parseAddress } from '../address.ts';
import { taken, wrong } from '../wrong.ts';
import { checkBody } from './check-body.ts';
import { guard } from './guard.ts';
import { nativeApi } from './native.ts';
import type { Proxies } from './proxies.ts';
import type { Answer, Route, RouteSet } from './route.ts';
import { toxiproxyApi } from './toxiproxy.ts';
import { vaurienApi } from './vaurien.ts';

export interface ControlOptions {
  /** `127.0.0.1:8474` unless given; port 0 takes a free one. */
  listen?: string;
  /** Needed to listen on anything but loopback. */
  token?: string;
}

/** Answers until it is stopped. */
export interface ControlServer {
  /** `http://127.0.0.1:8474` */
  url: string;
  stop(): Promise<void>;
}

const longestBody = 1024 * 1024;
const sets: readonly RouteSet[] = [nativeApi, toxiproxyApi, vaurienApi];

/**
 * Starts the server by which proxies are controlled: Marteau's own API, Toxiproxy's and Vaurien's.
 * @throws chaos-wrong when it would be open to others without a token, chaos-taken when the port is in use
 */
export async function startControl(proxies: Proxies, options: ControlOptions = {}): Promise<ControlServer> {
  const address = parseAddress(options.listen ?? '127.0.0.1:8474');
  const { token } = options;
  if (!isLoopback(address) && !token) {
    throw wrong(
      `The control server would be open to everybody who reaches ${formatAddress(address)}. Set a token, or listen on 127.0.0.1.`,
    );
  }
  const server = createServer(
    (request, response) => void serve(proxies, token || undefined, request, response),
  );
  server.listen(address);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      throw taken(
        `Something else already listens on ${formatAddress(address)}, where the control server would. Choose another port.`,
      );
    }
    throw new MarteauError('chaos-not-listening', { where: formatAddress(address), detail: error.message });
  });
  const bound =
    'path' in address ? address : { host: address.host, port: (server.address() as AddressInfo).port };
  return {
    url: `http://${formatAddress(bound)}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

async function serve(
  proxies: Proxies,
  token: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://control');
  let set: RouteSet = url.pathname.startsWith('/api/') ? nativeApi : toxiproxyApi;
  try {
    guard(request.headers, token);
    const found = findRoute(request.method ?? '', url.pathname);
    set = found.set;
    const body = checkBody(found.route.body, await readBody(request));
    const answer = await found.route.handle({ proxies, params: found.params, query: url.searchParams, body });
    send(request, response, answer);
  } catch (error) {
    const known = isMarteauError(error) ? error : null;
    const status = known?.status ?? 500;
    const message =
      known?.message ?? `The control server failed: ${(error as Error).message}. Please report this.`;
    const extra = (error as { extra?: object }).extra;
    send(request, response, {
      status,
      body: set.error({ status, code: known?.code ?? 'internal', message, extra }),
    });
  }
}

function findRoute(
  method: string,
  path: string,
): { set: RouteSet; route: Route; params: Record<string, string> } {
  const methods: string[] = [];
  for (const set of sets) {
    for (const route of set.routes) {
      const params = matchPath(route.path, path);
      if (params === null) continue;
      if (route.method === method) return { set, route, params };
      methods.push(route.method);
    }
  }
  const sentence =
    methods.length > 0
      ? `${path} takes ${methods.join(', ')} and not ${method}.`
      : `There is no ${path} here. GET /api/openapi.json lists what there is.`;
  throw new MarteauError('chaos-unknown', { sentence });
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.replace(/(.)\/$/, '$1').split('/')];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith('{')) params[part.slice(1, -1)] = decode(given[i]!);
    else if (part !== given[i]) return null;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) throw wrong('The body is larger than 1 MB.');
    parts.push(part);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    throw wrong(`The body is no JSON: ${(error as Error).message}.`);
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, type }: Answer): void {
  if (typeof body === 'function') {
    response.writeHead(status, {
      'Content-Type': type ?? 'application/x-ndjson',
      'Cache-Control': 'no-store',
    });
    response.flushHeaders();
    body(response, request);
    return;
  }
  const isText = typeof body === 'string';
  response.writeHead(
    status,
    body === undefined
      ? {}
      : { 'Content-Type': type ?? (isText ? 'text/plain; charset=utf-8' : 'application/json') },
  );
  response.end(isText ? body : body && JSON.stringify(body));
}
