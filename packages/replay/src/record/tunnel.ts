import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pairs } from '../tape/headers.ts';
import { type Upstream, upstreamFailure } from '../upstream/upstream.ts';

/** Passes an upgraded connection (WebSocket) through as it is; what passes is not on the tape. */
export function tunnelUpgrade(
  { upstream, origin, onTrouble }: { upstream: Upstream; origin: string; onTrouble(sentence: string): void },
  target: string,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): void {
  const server = upstream.connect(origin);
  const lines = pairs(request.rawHeaders).map(([name, value]) =>
    name.toLowerCase() === 'host' ? `${name}: ${new URL(origin).host}` : `${name}: ${value}`,
  );
  server.write(`${request.method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  server.write(head);
  client.pipe(server);
  server.pipe(client);
  client.on('error', () => server.destroy());
  client.on('close', () => server.destroy());
  server.on('error', (error) => {
    onTrouble(upstreamFailure(origin, error));
    client.destroy();
  });
  onTrouble(
    `${origin} was asked to upgrade to ${request.headers.upgrade}; what passes there is not on the tape.`,
  );
}
