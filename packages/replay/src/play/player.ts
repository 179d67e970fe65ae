import type { Call } from '../standin/call.ts';
import type { Exchange } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';
import { leadBack } from './lead-back.ts';
import { Replies, type Reply } from './reply.ts';

/** Plays recorded answers. */
export class Player {
  readonly #replies = new WeakMap<Exchange, Replies>();
  readonly #latency: number;

  /** @param latency times the recorded latency: 1 as recorded, 0 at once */
  constructor(latency: number) {
    this.#latency = latency;
  }

  play(exchange: Exchange, call: Call): void {
    let replies = this.#replies.get(exchange);
    if (replies === undefined) {
      replies = new Replies(exchange);
      this.#replies.set(exchange, replies);
    }
    const reply = replies.for(call.headers);
    const wait = (exchange.latencyMs ?? 0) * this.#latency;
    if (wait < 1) {
      send(call, exchange, reply);
      return;
    }
    const timer = setTimeout(() => send(call, exchange, reply), wait);
    call.response.once('close', () => clearTimeout(timer));
  }
}

function send(call: Call, { request }: Exchange, { status, reason, headers, body }: Reply): void {
  const { response } = call;
  const isRedirect = status === 201 || (status >= 300 && status < 400);
  const own = isRedirect ? leadBack(call, hostOf(request), headers) : headers;
  response.sendDate = false; // the recorded one, or none
  // A client of HTTP/1.0 knows no chunks; the connection's end is the body's.
  const isOld = response.req.httpVersionMinor === 0;
  response.writeHead(status, reason, (isOld ? withoutChunks(own) : own) as string[]);
  response.end(body);
}

/** The server that was recorded: with one server on it, a tape may say so by its Host header alone. */
function hostOf({ origin, headers }: Exchange['request']): string | null {
  return origin === null ? header(headers, 'host') : new URL(origin).host;
}

function withoutChunks(headers: readonly string[]): string[] {
  const at = headers.indexOf('Transfer-Encoding');
  return headers.filter((_, i) => at === -1 || (i !== at && i !== at + 1));
}
