import { isUtf8 } from 'node:buffer';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { leadBack } from '../play/lead-back.ts';
import type { Call } from '../standin/call.ts';
import type { Exchange } from '../tape/exchange.ts';
import { pairs } from '../tape/headers.ts';
import { asciiTarget } from '../tape/target.ts';
import { type Upstream, upstreamFailure, wasStale } from '../upstream/upstream.ts';
import { passedBack } from './passed-back.ts';

export interface Forwarding {
  upstream: Upstream;
  /** The real server. */
  origin: string;
  /** Bytes of each body that are kept; 0 keeps none and asks for no exchange. */
  cap: number;
  /** The request's body, where it was read already. */
  body: Buffer | null;
  /** Called once the answer was passed on whole. */
  onExchange(exchange: Exchange): void;
  onTrouble(sentence: string): void;
}

/** Passes a request on to the real server and its answer back, as both stream, and keeps a copy. */
export function forward(call: Call, forwarding: Forwarding): void {
  const { request, response, method, target, headers, hasBody } = call;
  const { upstream, origin, cap, body, onExchange, onTrouble } = forwarding;
  const startedAt = Date.now();
  const start = performance.now();
  const sent = new Capture(cap);
  const received = new Capture(cap);
  let asked = ask(0);

  function ask(attempt: number): ClientRequest {
    const outgoing = upstream.request(method, { origin, target }, headers);
    let answer: IncomingMessage | null = null;
    outgoing.on('response', (incoming) => {
      answer = incoming;
      passBack(incoming);
    });
    outgoing.on('error', (error) => {
      if (response.destroyed) return;
      if (attempt === 0 && !hasBody && wasStale(outgoing, error, answer)) asked = ask(1);
      else fail(error);
    });
    if (body !== null || !hasBody) {
      if (body !== null) sent.add(body);
      outgoing.end(body ?? undefined);
    } else {
      if (cap > 0) request.on('data', (chunk) => sent.add(chunk));
      request.on('end', () => {
        if (request.rawTrailers.length > 0) outgoing.addTrailers(pairs(request.rawTrailers));
      });
      request.pipe(outgoing);
    }
    return outgoing;
  }

  function passBack(answer: IncomingMessage): void {
    response.sendDate = false;
    response.writeHead(
      answer.statusCode!,
      answer.statusMessage,
      leadBack(
        call,
        new URL(origin).host,
        passedBack(answer, response.req.httpVersionMinor === 0),
      ) as string[],
    );
    if (cap > 0) answer.on('data', (chunk) => received.add(chunk));
    answer.on('end', () => {
      if (answer.rawTrailers.length > 0) response.addTrailers(pairs(answer.rawTrailers));
      if (cap > 0) onExchange(exchangeOf(answer));
    });
    answer.on('error', () => {
      const who = response.destroyed ? `A client did not wait for the end of the` : `${origin} broke off its`;
      onTrouble(`${who} answer to ${method} ${target.split('?')[0]}, so it is not on the tape.`);
      response.destroy();
    });
    answer.pipe(response);
  }

  function exchangeOf(answer: IncomingMessage): Exchange {
    const comment = [trailersOf('request', request), trailersOf('answer', answer)].filter(Boolean).join('\n');
    return {
      comment,
      startedAt,
      latencyMs: Number((performance.now() - start).toFixed(1)),
      request: {
        method,
        origin,
        target: asciiTarget(target),
        version: request.httpVersion,
        headers,
        ...sent.take(),
      },
      answer: {
        version: answer.httpVersion,
        status: answer.statusCode!,
        reason: answer.statusMessage ?? '',
        headers: pairs(answer.rawHeaders),
        ...received.take(),
      },
    };
  }

  function fail(error: NodeJS.ErrnoException): void {
    const sentence = upstreamFailure(origin, error);
    onTrouble(sentence);
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
  }

  response.on('close', () => {
    if (!response.writableFinished) asked.destroy();
  });
}

/** A tape has no place for trailers: it says at least that there were some. Their values may be secrets. */
function trailersOf(what: 'request' | 'answer', { rawTrailers }: IncomingMessage): string {
  const names = pairs(rawTrailers).map(([name]) => name);
  return names.length === 0 ? '' : `The trailers of the ${what} (${names.join(', ')}) are not on the tape.`;
}

/** Keeps what passes, up to a cap. */
class Capture {
  size = 0;
  #kept = 0;
  readonly #cap: number;
  readonly #chunks: Buffer[] = [];

  constructor(cap: number) {
    this.#cap = cap;
  }

  add(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.#kept >= this.#cap) return;
    const part = chunk.length > this.#cap - this.#kept ? chunk.subarray(0, this.#cap - this.#kept) : chunk;
    this.#kept += part.length;
    this.#chunks.push(part);
  }

  /** What was kept; the whole size where that is not all. */
  take(): { body: Buffer; cutFrom: number | null } {
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    return this.size > this.#kept
      ? { body: wholeCharacters(body), cutFrom: this.size }
      : { body, cutFrom: null };
  }
}

/** A text that was cut in the middle of a character is a text still, which can be read and has its secrets found. */
function wholeCharacters(body: Buffer): Buffer {
  if (isUtf8(body)) return body;
  const parts = [1, 2, 3].map((bytes) => body.subarray(0, -bytes));
  return parts.find((part) => isUtf8(part)) ?? body;
}
