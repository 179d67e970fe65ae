import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, targetRoutes } from './target-routes.ts';

export type SeenRequest = { method: string; url: string; headers: IncomingHttpHeaders };

/** A server to aim load at; it counts what it saw. */
export type TargetServer = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  url: string;
  port: number;
  seen: {
    requests: number;
    /** Connections that were opened so far. */
    connections: number;
    /** Connections that are open now. */
    open: number;
    /** Requests by path, without the query. */
    byPath: Map<string, number>;
    last: SeenRequest | undefined;
  };
  /** Forgets what was seen; connections that are open stay counted as open. */
  forget(): void;
};

/**
 * Starts an HTTP/1.1 server with the routes of target-routes.ts; every other path is a 404. Its disposal closes all
 * connections.
 * @param port a certain port, to come back where another server was; 0 lets the system choose
 */
export async function startTargetServer({ port = 0 }: { port?: number } = {}): Promise<TargetServer> {
  const seen: TargetServer['seen'] = {
    requests: 0,
    connections: 0,
    open: 0,
    byPath: new Map(),
    last: undefined,
  };
  const sessions = new Set<string>();

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    note(seen, request, url.pathname);
    answer(request, response, url, sessions).catch((error: Error) => response.destroy(error));
  });
  server.on('connection', (socket) => {
    seen.connections += 1;
    seen.open += 1;
    socket.once('close', () => {
      seen.open -= 1;
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    forget() {
      Object.assign(seen, { requests: 0, connections: 0, last: undefined });
      seen.byPath.clear();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function note(seen: TargetServer['seen'], request: IncomingMessage, path: string): void {
  seen.requests += 1;
  seen.byPath.set(path, (seen.byPath.get(path) ?? 0) + 1);
  seen.last = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
}

async function answer(request: IncomingMessage, response: ServerResponse, url: URL, sessions: Set<string>) {
  const [, name = '', rest = ''] = /^\/([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
  const route = Object.hasOwn(targetRoutes, name) ? targetRoutes[name] : undefined;
  if (route) await route({ request, response, url, rest, sessions });
  else send(response, 404, 'there is no such route\n');
}
