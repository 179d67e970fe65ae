import type { ServerResponse } from 'node:http';
import type { Exchange } from '../tape/exchange.ts';
import type { HeaderList } from '../tape/headers.ts';
import { Replies, type Reply } from './reply.ts';

/** Plays recorded answers. */
export class Player {
  private readonly replies = new WeakMap<Exchange, Replies>();
  private readonly latency: number;

  /** @param latency times the recorded latency: 1 as recorded, 0 at once */
  constructor(latency: number) {
    this.latency = latency;
  }

  play(exchange: Exchange, asking: HeaderList, response: ServerResponse): void {
    let replies = this.replies.get(exchange);
    if (replies === undefined) {
      replies = new Replies(exchange);
      this.replies.set(exchange, replies);
    }
    const reply = replies.for(asking);
    const wait = (exchange.latencyMs ?? 0) * this.latency;
    if (wait < 1) {
      send(response, reply);
      return;
    }
    const timer = setTimeout(() => send(response, reply), wait);
    response.once('close', () => clearTimeout(timer));
  }
}

function send(response: ServerResponse, { status, reason, headers, body }: Reply): void {
  response.sendDate = false; // the recorded one, or none
  // A client of HTTP/1.0 knows no chunks; the connection's end is the body's.
  const isOld = response.req.httpVersionMinor === 0;
  response.writeHead(status, reason, isOld ? withoutChunks(headers) : headers);
  response.end(body);
}

function withoutChunks(headers: readonly string[]): string[] {
  const at = headers.indexOf('Transfer-Encoding');
  return headers.filter((_, i) => at === -1 || (i !== at && i !== at + 1));
}
