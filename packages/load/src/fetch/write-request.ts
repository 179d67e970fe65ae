import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';

/**
 * Puts a request on a connection; its head and a body that is no stream go out in one write.
 * @param head all of the head, with the empty line that ends it
 */
export function writeRequest(socket: Socket, exchange: Exchange, head: string, now: () => number): void {
  const { body } = exchange.request;
  exchange.bytesOut = head.length + (body?.length ?? 0);
  if (body === null) {
    socket.write(head, 'latin1');
    return;
  }
  const { bytes } = body;
  if (typeof bytes === 'string') writeText(socket, head, bytes, body.length!);
  else if (bytes instanceof Uint8Array) {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(bytes);
    socket.uncork();
  } else {
    socket.write(head, 'latin1');
    exchange.isStreaming = true;
    writeStream(socket, exchange, bytes).then(
      () => noteFlush(socket, exchange, now),
      (error: unknown) =>
        exchange.abort({
          code: 'request body',
          message: `the request's body failed: ${error}`,
          reason: error,
        }),
    );
    return;
  }
  noteFlush(socket, exchange, now);
}

function writeText(socket: Socket, head: string, body: string, length: number): void {
  if (length === body.length) {
    socket.write(head + body, 'latin1');
    return;
  }
  socket.cork();
  socket.write(head, 'latin1');
  socket.write(body, 'utf8');
  socket.uncork();
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
