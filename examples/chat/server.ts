// A chat: who opens a WebSocket on /rooms/NAME gets a welcome, and all that is said in that room, also by themselves.
//
//     PORT=8080 node server.ts

import { createServer } from 'node:http';
import { Rooms } from './chat/rooms.ts';
import { accept } from './chat/socket.ts';

const rooms = new Rooms();

createServer(({ url }, response) => {
  if (url === '/health') response.end('ok\n');
  else response.writeHead(404).end('There are rooms only: open a WebSocket on /rooms/NAME.\n');
})
  .on('upgrade', (request, socket) => {
    const [, name] = /^\/rooms\/(\w+)$/.exec(request.url ?? '') ?? [];
    if (name === undefined)
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    else rooms.enter(name, accept(request, socket));
  })
  .listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
