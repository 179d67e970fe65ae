// Prices of things, in plain node:http.
//
//     PORT=8080 node server.ts

import { createServer } from 'node:http';
import { priceOf } from './price.ts';

const port = Number(process.env.PORT ?? 8080);

createServer(async ({ url = '/' }, response) => {
  const [, thing] = /^\/price\/([a-z]+)$/.exec(url) ?? [];
  if (thing !== undefined) response.end(JSON.stringify({ thing, price: await priceOf(thing) }));
  else if (url === '/health') response.end('ready\n');
  else response.writeHead(404).end();
}).listen(port, '127.0.0.1', () => process.stdout.write(`Prices are told on http://127.0.0.1:${port}\n`));
