import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a stub answers. */
export interface StubAnswer {
  /** 200 unless given. */
  status?: number;
  headers?: Record<string, string | string[]>;
  /** Sent as it is; `json` instead is sent as application/json. */
  body?: string | Buffer;
  json?: unknown;
  /** Waits before it answers, in ms. */
  delayMs?: number;
  /** Resets the connection instead of answering. */
  reset?: boolean;
}

/** A request that a stub got. */
export interface StubCall {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

type Scripted = StubAnswer | ((call: StubCall) => StubAnswer | Promise<StubAnswer>);

/** A server for integration tests, whose answers the test says. */
export interface StubServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  port: number;
  /** What it was asked, in order. */
  calls: readonly StubCall[];
  /** Says the answers to a route (`POST /pay`, without query), in order; the last one stays. Said again, it begins anew. */
  on(route: string, ...answers: [Scripted, ...Scripted[]]): void;
  /** Forgets calls and answers. */
  reset(): void;
  /** Closes every connection; when it resolves, the port can be used again at once. */
  stop(): Promise<void>;
}

/**
 * Starts a stub server on 127.0.0.1.
 * @param port 0 takes a free one
 * @throws as `net` does, when the port is taken
 */
export async function startStub({ port = 0 }: { port?: number } = {}): Promise<StubServer> {
  const scripts = new Map<string, Scripted[]>();
  const calls: StubCall[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`The stub's answer failed: ${error.message}\n`);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: Buffer.concat(await request.toArray()) };
    calls.push(call);
    const script = scripts.get(`${method} ${url.split('?')[0]}`);
    if (script === undefined) return send(response, unscripted(call, scripts.keys()));
    const next = script.length > 1 ? script.shift()! : script[0]!;
    const said = typeof next === 'function' ? await next(call) : next;
    if (said.delayMs) await sleep(said.delayMs, undefined, { ref: false });
    send(response, said);
  }

  async function stop(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    calls,
    on(route, ...answers) {
      scripts.set(route, answers);
    },
    reset() {
      scripts.clear();
      calls.length = 0;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body, json, reset }: StubAnswer): void {
  if (reset) {
    response.socket?.resetAndDestroy();
    return;
  }
  const content = json === undefined ? (body ?? '') : JSON.stringify(json);
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
  const length = headers['Transfer-Encoding'] ? {} : { 'Content-Length': Buffer.byteLength(content) };
  response.writeHead(status, { ...type, ...length, ...headers });
  response.end(content);
}

function unscripted({ method, url }: StubCall, known: Iterable<string>): StubAnswer {
  const routes = [...known].join(', ') || 'none';
  return { status: 501, body: `The stub has no answer to ${method} ${url}. It has: ${routes}.\n` };
}
