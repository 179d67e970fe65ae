// News as they happen (server-sent events), and answers that come token by token, as language models give them.
//
//     PORT=8080 node server.ts

import { createServer, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const NEWS_MS = 50;
const TOKEN_MS = 10;
const answer = 'Hammer ready . Where are the nails ?'.split(' ');

let told = 0;
const readers = new Set<ServerResponse>();
const event = (id: number, data: string) => `id: ${id}\ndata: ${data}\n\n`;

setInterval(() => {
  told += 1;
  for (const reader of readers) reader.write(event(told, `This is news number ${told}`));
}, NEWS_MS);

createServer(async ({ url }, response) => {
  if (url === '/health') return void response.end('ok\n');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  if (url === '/news') {
    response.write(`retry: 1000\n${event(told, 'Good morning')}`);
    readers.add(response);
    response.on('close', () => readers.delete(response));
    return;
  }
  for (const token of answer) {
    response.write(`data: ${token}\n\n`);
    await setTimeout(TOKEN_MS);
  }
  response.end('data: [DONE]\n\n');
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
