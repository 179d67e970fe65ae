import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';

// Says back what short messages come over WebSockets, with as little as that takes; GET / tells how many so far, and how
// many sockets are open.

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const CLOSE = 8;
const MASK = 4;
let echoed = 0;
let open = 0;

/** Whole frames of less than 126 bytes, as they come from clients that wait for the answer. */
function answer(socket: Socket, bytes: Buffer): void {
  for (let at = 0; at + 2 + MASK <= bytes.length; ) {
    const length = bytes[at + 1]! & 0x7f;
    const start = at + 2 + MASK;
    const opcode = bytes[at]! & 0x0f;
    const frame = Buffer.allocUnsafe(2 + length);
    frame[0] = bytes[at]!;
    frame[1] = length;
    for (let i = 0; i < length; i += 1) frame[2 + i] = bytes[start + i]! ^ bytes[start - MASK + (i & 3)]!;
    at = start + length;
    if (opcode === TEXT) echoed += 1;
    if (opcode === TEXT || opcode === CLOSE) socket.write(frame);
    if (opcode === CLOSE) socket.end();
  }
}

const server = createServer((_request, response) => response.end(`${echoed} ${open}`));
server.on('upgrade', ({ headers }, socket: Socket) => {
  const accept = createHash('sha1')
    .update(headers['sec-websocket-key'] + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  open += 1;
  socket.on('close', () => {
    open -= 1;
  });
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => answer(socket, bytes));
});
server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 });
