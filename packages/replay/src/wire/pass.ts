import { randomBytes } from 'node:crypto';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { leadBack } from '../play/lead-back.ts';
import { passedBack } from '../record/passed-back.ts';
import type { Call } from '../standin/call.ts';
import { type HeaderList, pairs } from '../tape/headers.ts';
import { type Upstream, upstreamFailure, wasStale } from '../upstream/upstream.ts';
import type { WireSample } from './messages.ts';

interface Passing {
  readonly upstream: Upstream;
  readonly origin: string;
  readonly marks: Readonly<Record<string, string>>;
  /** The exchange is over, however it ended. */
  done(sample: WireSample): void;
}

/** Passes a request on and its answer back, as both stream, and tells how long that took. */
export function pass(call: Call, { upstream, origin, marks, done }: Passing): void {
  const { request, response, method, target, hasBody } = call;
  const start = performance.now();
  const headers = marked(call.headers, marks);
  let [bytesIn, bytesOut, status] = [0, 0, 0];
  let isOver = false;
  const over = (error: string): void => {
    if (isOver) return;
    isOver = true;
    const time = (performance.now() - start) * 1000;
    done({
      at: Date.now(),
      time,
      method,
      url: target,
      status: error === '' ? status : 0,
      error,
      bytesIn,
      bytesOut,
    });
  };

  const ask = (attempt: number): ClientRequest => {
    const outgoing = upstream.request(method, { origin, target }, headers);
    let answer: IncomingMessage | null = null;
    outgoing.on('response', (incoming) => {
      answer = incoming;
      passBack(incoming);
    });
    outgoing.on('error', (error) => {
      if (isOver) return;
      if (attempt === 0 && !hasBody && wasStale(outgoing, error, answer)) asked = ask(1);
      else fail(error);
    });
    if (!hasBody) outgoing.end();
    else {
      request.on('data', (chunk: Buffer) => (bytesOut += chunk.length));
      request.on('end', () => {
        if (request.rawTrailers.length > 0) outgoing.addTrailers(pairs(request.rawTrailers));
      });
      request.pipe(outgoing);
    }
    return outgoing;
  };

  const passBack = (answer: IncomingMessage): void => {
    status = answer.statusCode!;
    response.sendDate = false;
    const flat = passedBack(answer, response.req.httpVersionMinor === 0);
    response.writeHead(status, answer.statusMessage, leadBack(call, new URL(origin).host, flat) as string[]);
    answer.on('data', (chunk: Buffer) => (bytesIn += chunk.length));
    answer.on('end', () => {
      if (answer.rawTrailers.length > 0) response.addTrailers(pairs(answer.rawTrailers));
    });
    answer.on('error', (error: NodeJS.ErrnoException) => {
      over(error.code ?? error.message);
      response.destroy();
    });
    answer.pipe(response);
  };

  const fail = (error: NodeJS.ErrnoException): void => {
    over(error.code ?? error.message);
    if (response.headersSent) response.destroy();
    // Who asks through a proxy is told so by it; what is counted is that nobody answered.
    else
      response
        .writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' })
        .end(`${upstreamFailure(origin, error)}\n`);
  };

  response.on('finish', () => over(''));
  response.on('close', () => {
    if (response.writableFinished) return;
    over('the client went away');
    asked.destroy();
  });
  let asked = ask(0);
}

function marked(headers: HeaderList, marks: Readonly<Record<string, string>>): HeaderList {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const more = Object.entries(marks).filter(([name]) => !names.has(name));
  if (!names.has('traceparent'))
    more.push(['traceparent', `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`]);
  return [...headers, ...more];
}
