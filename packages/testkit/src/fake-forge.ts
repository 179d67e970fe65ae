import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type FakeKind, type FakeState, type Json, routesOf } from './fake-forge-routes.ts';

/** What the next call is answered with instead, once. */
export type FakeTrouble = { status: number; headers?: Record<string, string>; body?: string };

/** The API of one forge, as far as Marteau asks it, with the limits that the real ones have. */
export type FakeForge = AsyncDisposable &
  FakeState & {
    /** The base address of its API. */
    url: string;
    /** What the token has to be; null lets anybody in. */
    token: string | null;
    /** Taken from the front, one a call. */
    troubles: FakeTrouble[];
    calls: string[];
  };

/** @param kind whose API it speaks */
export async function startFakeForge(kind: FakeKind): Promise<FakeForge> {
  const forge: FakeState & Pick<FakeForge, 'token' | 'troubles' | 'calls'> = {
    kind,
    token: 'forge-token',
    me: 'marteau-bot',
    statuses: new Map(),
    written: [],
    comments: [],
    issues: [],
    pulls: new Map(),
    troubles: [],
    pageSize: 100,
    lag: 0,
    calls: [],
  };
  const routes = routesOf(forge);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await text(request);
    forge.calls.push(`${method} ${url}`);
    const trouble = forge.troubles.shift();
    if (trouble) {
      response.writeHead(trouble.status, { 'content-type': 'application/json', ...trouble.headers });
      response.end(trouble.body ?? '{"message":"not now"}');
      return;
    }
    const given = request.headers.authorization ?? '';
    if (forge.token !== null && !given.endsWith(forge.token) && !isBasic(given, forge.token)) {
      send(response, 401, { message: 'Bad credentials' });
      return;
    }
    const where = new URL(url, 'http://forge');
    for (const { is, path, does } of routes) {
      const found = method === is ? path.exec(where.pathname) : null;
      if (!found) continue;
      const [status, said] = does(found.slice(1).map(decodeURIComponent), {
        query: where.searchParams,
        body: body === '' ? {} : (JSON.parse(body) as Json),
      });
      const tag = method === 'GET' && hasTags(kind) ? tagOf(said) : null;
      if (tag !== null && request.headers['if-none-match'] === tag) response.writeHead(304).end();
      else send(response, status, said, tag);
      return;
    }
    send(response, 404, { message: 'Not Found' });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(forge, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  });
}

function isBasic(header: string, token: string): boolean {
  return header === `Basic ${Buffer.from(token).toString('base64')}`;
}

/** GitHub and GitLab say by a tag what they answered. */
function hasTags(kind: FakeKind): boolean {
  return kind === 'github' || kind === 'gitlab';
}

function tagOf(body: unknown): string {
  return `W/"${createHash('sha256')
    .update(JSON.stringify(body ?? ''))
    .digest('hex')
    .slice(0, 16)}"`;
}

function send(response: ServerResponse, status: number, body: unknown, tag: string | null = null): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(tag && { etag: tag }) });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
