import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request, as a route gets it. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What follows the route's name: `503` in `/status/503`. */
  rest: string;
  /** Sessions that /login opened. */
  sessions: Set<string>;
};

type Route = (exchange: Exchange) => void | Promise<void>;

/** The routes by the first part of their path; each behaves in one known way. */
export const targetRoutes: Record<string, Route> = {
  /** 12 bytes with a Content-Length. */
  hello: ({ response }) => send(response, 200, 'hello world\n'),

  json: ({ response }) => sendJson(response, 200, { ok: true, items: [1, 2, 3] }),

  /** `/slow?ms=250` answers hello after that time. */
  slow: async ({ response, url }) => {
    await pause(number(url, 'ms', 100));
    send(response, 200, 'hello world\n');
  },

  /** `/status/503` answers with that status. */
  status: ({ response, rest }) => {
    const status = Number(rest) || 200;
    const hasBody = status !== 204 && status !== 304;
    send(response, status, hasBody ? `status ${status}\n` : '');
  },

  /** Method, url, headers and body of the request, as JSON. */
  echo: async ({ request, response }) => {
    const { method, url, headers } = request;
    sendJson(response, 200, { method, url, headers, body: await text(request) });
  },

  /** Opens a session and sets its cookie. */
  login: ({ response, sessions }) => {
    const session = randomUUID();
    sessions.add(session);
    response.setHeader('Set-Cookie', `session=${session}; Path=/; HttpOnly`);
    sendJson(response, 200, { session });
  },

  /** 200 with the session's id for who logged in, 401 for who did not. */
  me: ({ request, response, sessions }) => {
    const session = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (sessions.has(session)) sendJson(response, 200, { session });
    else sendJson(response, 401, { error: 'log in first' });
  },

  /** `/redirect?hops=3&to=/json&status=307`: as many redirects, then `to`. */
  redirect: ({ response, url }) => {
    const hops = number(url, 'hops', 1);
    const onward = new URL(url);
    onward.searchParams.set('hops', String(hops - 1));
    const to = url.searchParams.get('to') ?? '/hello';
    response.setHeader('Location', hops > 1 ? onward.pathname + onward.search : to);
    send(response, number(url, 'status', 302), '');
  },

  /** Takes the request and never answers. */
  hang: () => {},

  /** Ends the connection with a TCP reset before any answer. */
  reset: ({ request }) => {
    request.socket.resetAndDestroy();
  },

  /** `/chunked?chunks=5&ms=10`: a chunked body, a line each so many ms. */
  chunked: async ({ response, url }) => {
    const ms = number(url, 'ms', 0);
    for (let i = 1; i <= number(url, 'chunks', 5); i += 1) {
      if (ms > 0) await pause(ms);
      response.write(`chunk ${i}\n`);
    }
    response.end();
  },

  /** Promises 100 bytes, sends 50, and closes the connection. */
  drop: ({ response }) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('x'.repeat(50), () => response.socket?.end());
  },
};

export function send(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, JSON.stringify(value), 'application/json');
}

/** Does not keep a test alive that no longer waits for the answer. */
function pause(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}

function number(url: URL, name: string, otherwise: number): number {
  return Number(url.searchParams.get(name) ?? otherwise);
}
