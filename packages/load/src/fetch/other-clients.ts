import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { constants } from 'node:http2';
import { SocketMetrics } from '../websocket/socket-metrics.ts';
import type { Exchange } from './exchange.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Caller } from './fetch.ts';
import { readHeaders } from './request-headers.ts';

/** What undici says of a request on its channels; the copy inside Node and the package say the same. */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly response: {
    readonly statusCode: number;
    readonly statusText: string;
    readonly headers: readonly Buffer[];
  };
  readonly chunk: Uint8Array;
  readonly error: Error;
}

interface Http2Message {
  readonly stream: ClientHttp2Stream;
  readonly headers: OutgoingHttpHeaders & IncomingHttpHeaders;
  readonly error: Error;
}

/** What there is to say of a request by whatever client, to have it counted. */
interface Asked {
  readonly client: string;
  readonly method: string;
  readonly url: string;
}

/**
 * Measures requests that a script makes with other clients (undici and whatever builds on it, node:http and so axios
 * and got, node:http2) by what these say on their diagnostics channels: beginning, head, end. They have connections,
 * cookies and redirects of their own, and cost several times what our fetch does.
 */
export class OtherClients {
  readonly #callerNow: () => Caller;
  readonly #note: (text: string) => void;
  /** By the client's own object for the request. */
  readonly #exchanges = new WeakMap<object, Exchange>();

  /** @param note tells whoever reads the report that a script is on the slow road */
  constructor(callerNow: () => Caller, note: (text: string) => void) {
    this.#callerNow = callerNow;
    this.#note = note;
  }

  /** From here on this thread's requests are seen. */
  watch(): void {
    this.#watchUndici();
    this.#watchHttp();
    this.#watchHttp2();
  }

  #watchUndici(): void {
    on<UndiciMessage>('undici:request:create', ({ request }) => {
      const { origin, path, method } = request;
      this.#begin(request, { client: 'undici', method, url: `${origin}${path}` });
    });
    on<UndiciMessage>('undici:request:headers', ({ request, response }) => {
      const lines: string[] = [];
      for (let i = 0; i + 1 < response.headers.length; i += 2)
        lines.push(`${response.headers[i]}: ${response.headers[i + 1]}`);
      this.#answer(request, response.statusCode, response.statusText, lines);
    });
    on<UndiciMessage>('undici:request:bodyChunkReceived', ({ request, chunk }) => {
      this.#received(request, chunk.length);
    });
    on<UndiciMessage>('undici:request:trailers', ({ request }) => this.#end(request));
    on<UndiciMessage>('undici:request:error', ({ request, error }) => this.#fail(request, failureOf(error)));
  }

  #watchHttp(): void {
    on<{ request: ClientRequest }>('http.client.request.created', ({ request }) => {
      const { protocol, host, path, method } = request;
      const given = request.getHeader('host') ?? host;
      this.#begin(request, { client: 'node:http', method, url: `${protocol}//${given}${path}` });
      if (String(request.getHeader('upgrade')).toLowerCase() === 'websocket') this.#watchUpgrade(request);
    });
    on<{ request: ClientRequest; error: Error }>('http.client.request.error', ({ request, error }) =>
      this.#fail(request, failureOf(error)),
    );
    on<{ request: ClientRequest; response: IncomingMessage }>(
      'http.client.response.finish',
      ({ request, response }) => {
        const lines = linesOf(response.rawHeaders);
        this.#answer(request, response.statusCode ?? 0, response.statusMessage ?? '', lines);
        this.#received(request, Number(response.headers['content-length'] ?? 0));
        response.once('end', () => this.#end(request));
        response.once('close', () => {
          if (response.complete) this.#end(request);
          else this.#fail(request, closedEarly);
        });
      },
    );
  }

  /** A handshake is over with its answer; what the connection is then is somebody else's to measure. */
  #watchUpgrade(request: ClientRequest): void {
    request.prependOnceListener('upgrade', ({ rawHeaders, statusCode = 0, statusMessage = '' }) => {
      this.#answer(request, statusCode, statusMessage, linesOf(rawHeaders));
      this.#end(request);
      const exchange = this.#exchanges.get(request);
      if (!exchange) return;
      const { client, owner } = exchange.agent;
      const metrics = new SocketMetrics(client.kinds.of('ws', exchange.label.name));
      owner.measured?.(metrics.connecting, (exchange.ended - exchange.begun) * 1000);
    });
  }

  #watchHttp2(): void {
    on<Http2Message>('http2.client.stream.created', ({ stream, headers }) => {
      const {
        ':method': method = 'GET',
        ':scheme': scheme = 'http',
        ':authority': given,
        ':path': path = '/',
      } = headers;
      // Its calls are measured where they are made.
      if (String(headers['user-agent']).includes('grpc-node-js/')) return;
      const url = `${scheme}://${given ?? 'localhost'}${path}`;
      this.#begin(stream, { client: 'node:http2', method: String(method), url });
    });
    on<Http2Message>('http2.client.stream.finish', ({ stream, headers }) => {
      const lines = Object.entries(headers)
        .filter(([name]) => !name.startsWith(':'))
        .map(([name, value]) => `${name}: ${String(value)}`);
      this.#answer(stream, Number(headers[':status'] ?? 0), '', lines);
    });
    on<Http2Message>('http2.client.stream.error', ({ stream, error }) =>
      this.#fail(stream, failureOf(error)),
    );
    on<Http2Message>('http2.client.stream.close', ({ stream }) => {
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR) this.#end(stream);
      else this.#fail(stream, closedEarly);
    });
  }

  #begin(key: object, { client, method, url }: Asked): void {
    const { agent, label } = this.#callerNow();
    if (!URL.canParse(url)) return;
    this.#note(
      `Requests by ${client} take the slow road: they are measured, with connections and cookies of their own, and cost the generator several times what fetch does.`,
    );
    const { templates, routes, labels } = agent.client;
    const template = templates.make(method, routes.of(url), readHeaders(undefined));
    const counted = label === undefined ? template.label : labels.of('request', label);
    const request = {
      template,
      label: counted,
      body: null,
      redirect: 'manual',
      signal: null,
      cookies: false,
    } as const;
    this.#exchanges.set(key, agent.adopt(request));
  }

  #answer(key: object, status: number, statusText: string, lines: readonly string[]): void {
    const exchange = this.#exchanges.get(key);
    if (!exchange || exchange.isOver) return;
    exchange.first = exchange.agent.client.now();
    const text = lines.map((line) => `${line}\r\n`).join('');
    exchange.bytesIn = text.length;
    exchange.head = {
      status,
      statusText,
      lines: text,
      contentLength: null,
      chunked: false,
      keepAlive: true,
      keepAliveMs: Number.POSITIVE_INFINITY,
      encoding: '',
      cookies: [],
    };
  }

  #received(key: object, bytes: number): void {
    const exchange = this.#exchanges.get(key);
    if (exchange && !exchange.isOver) exchange.bytesIn += bytes;
  }

  #end(key: object): void {
    const exchange = this.#exchanges.get(key);
    if (!exchange || exchange.isOver) return;
    if (exchange.head === null) {
      exchange.fail(closedEarly);
      return;
    }
    exchange.ended = exchange.agent.client.now();
    exchange.finish();
  }

  #fail(key: object, failure: Failure): void {
    this.#exchanges.get(key)?.fail(failure);
  }
}

const closedEarly: Failure = {
  code: 'closed',
  message: 'the connection was closed before the end of the answer',
};

function linesOf(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`);
  return lines;
}

function on<Message>(channel: string, act: (message: Message) => void): void {
  subscribe(channel, (message) => act(message as Message));
}
