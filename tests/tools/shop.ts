import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A shop that counts, and answers after a time that is known. */
export async function startShop() {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://shop');
    seen.set(pathname, (seen.get(pathname) ?? 0) + 1);
    setTimeout(() => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>open'), 10);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    total: () => [...seen.values()].reduce((sum, count) => sum + count, 0),
    clear: () => seen.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
