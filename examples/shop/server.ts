// A small shop in plain node:http: pages, JSON, a login cookie, one slow route, and one that fails now and then.
//
//     PORT=8080 node server.ts

import { createServer } from 'node:http';
import { routes } from './shop/routes.ts';

const port = Number(process.env.PORT ?? 8080);

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://shop');
  const route = routes.find(({ method, path }) => method === request.method && path.test(url.pathname));
  if (!route) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('No such page.\n');
  route.answer({ request, response, url, match: route.path.exec(url.pathname)! }).catch((error: unknown) => {
    process.stderr.write(`${request.method} ${url.pathname}: ${error}\n`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});

server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', () =>
  process.stdout.write(`The shop is open on http://127.0.0.1:${port}\n`),
);

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
