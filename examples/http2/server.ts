// A map of tiles in plain node:http2, for browsers that ask for a page's pictures all at once. It speaks HTTP/2 without TLS to
// who begins with it (a gateway does), and HTTP/1.1 to everybody else, on one port.
//
//     PORT=8080 node server.ts

import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer } from 'node:net';

const port = Number(process.env.PORT ?? 8080);
const tiles = 12;

/** A square of one colour, another one for each tile. */
const tile = (n: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"><rect width="256" height="256" fill="hsl(${n * 30} 60% 60%)"/></svg>`;

const page = `<!doctype html><title>Map</title>${Array.from({ length: tiles }, (_, n) => `<img src="/tile/${n}" alt="">`).join('')}`;

function answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const [, n] = /^\/tile\/(\d+)$/.exec(url) ?? [];
  const say = (type: string, body: string) => {
    response.setHeader('content-type', type);
    response.end(body);
  };
  if (n !== undefined && Number(n) < tiles) say('image/svg+xml', tile(Number(n)));
  else if (url === '/') say('text/html', page);
  else if (url === '/health') say('text/plain', 'ready\n');
  else response.writeHead(404).end();
}

const http1 = createHttp1(answer);
// What both say of a request and take of an answer is the same, but for their types.
const http2 = createHttp2(answer as never);

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (first) => {
    socket.pause();
    socket.unshift(first);
    const isHttp2 = first.toString('latin1').startsWith('PRI * HTTP/2.0');
    (isHttp2 ? http2 : http1).emit('connection', socket);
    if (!isHttp2) socket.resume();
  });
}).listen(port, '127.0.0.1', () => process.stdout.write(`The map is open on http://127.0.0.1:${port}\n`));
