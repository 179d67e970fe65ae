import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Client } from './client.ts';
import type { Exchange } from './exchange.ts';
import { bodyLines } from './request-body.ts';

/** Puts a request on a connection: in one write, but for a long body or one that is a stream. */
export function writeRequest(socket: Socket, exchange: Exchange, { sendBuffer, now }: Client): void {
  const { agent, request } = exchange;
  const { template, body } = request;
  sendBuffer.begin(template);
  sendBuffer.add(bodyLines(body, template.method, template.hasType));
  sendBuffer.add(agent.cookieLine(request));
  sendBuffer.add('\r\n');
  exchange.bytesOut = sendBuffer.length + (body?.length ?? 0);
  if (body === null || sendBuffer.addBody(body)) {
    sendBuffer.send(socket);
    return;
  }
  sendBuffer.send(socket);
  const { bytes } = body;
  if (typeof bytes === 'string' || bytes instanceof Uint8Array) {
    socket.write(bytes);
    noteFlush(socket, exchange, now);
    return;
  }
  exchange.isStreaming = true;
  writeStream(socket, exchange, bytes).then(
    () => noteFlush(socket, exchange, now),
    (error: unknown) =>
      exchange.abort({
        code: 'request body',
        message: `the request's body failed: ${error}`,
        cause: error,
      }),
  );
}

/** Chunked, a chunk for each part that the stream gives, at the pace of the connection. */
async function writeStream(
  socket: Socket,
  exchange: Exchange,
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const part of parts) {
    if (!(part instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
    if (socket.destroyed || exchange.connection === null) return;
    if (part.length === 0) continue;
    const size = `${part.length.toString(16)}\r\n`;
    exchange.bytesOut += size.length + part.length + 2;
    socket.cork();
    socket.write(size, 'latin1');
    socket.write(part);
    const room = socket.write('\r\n', 'latin1');
    socket.uncork();
    if (!room) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  if (exchange.connection === null) return;
  exchange.isStreaming = false;
  exchange.bytesOut += 5;
  socket.write('0\r\n\r\n', 'latin1');
}

/** A body that is more than the socket takes at once has a phase of its own: "sending", until the socket took it. */
function noteFlush(socket: Socket, exchange: Exchange, now: () => number): void {
  if (!socket.writableNeedDrain) return;
  socket.once('drain', () => {
    exchange.flushed = now();
  });
}
