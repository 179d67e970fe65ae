import { randomBytes } from 'node:crypto';
import type { Labels } from '../measure/labels.ts';
import { ACCEPT_ENCODING } from './decompress.ts';
import { InFlight } from './in-flight.ts';
import { labeller } from './label.ts';
import { Resolver } from './resolver.ts';
import { type Origin, Routes } from './route.ts';

export interface ClientOptions {
  /** What relative URLs are relative to. */
  readonly target?: string | undefined;
  readonly userAgent: string;
  /** The run's id, for the requests' marks; null leaves the requests unmarked. */
  readonly mark: { readonly run: string } | null;
  readonly requestTimeoutMs: number;
  /** Patterns for labels; see `labeller`. */
  readonly labels: readonly string[];
  readonly tls: { readonly rejectUnauthorized: boolean; readonly ca?: string | undefined };
}

const READ_BUFFER = 64 * 1024;

/** What all users of a thread share of the network: what is known of URLs and hosts, the read buffer, the deadlines. */
export class Client {
  readonly now: () => number;
  readonly routes: Routes;
  readonly resolver: Resolver;
  readonly inFlight = new InFlight();
  /** One for all sockets: a read is worked off before the next one begins. */
  readonly readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER);
  /** TLS sessions to resume. */
  readonly sessions = new Map<Origin, Buffer>();
  readonly tls: ClientOptions['tls'];
  /** Header lines that every request has, unless the script sets them: name → line. */
  readonly defaultHeaders: ReadonlyMap<string, string>;
  /** Open sockets. */
  sockets = 0;
  /** Reads so far; whoever sees it unchanged has not let the event loop turn. */
  reads = 0;
  readonly #requestTimeoutMs: number;
  readonly #trace: { readonly id: string; readonly parent: string } | null;
  #traces = 0;

  /** @param now ms of the thread's clock */
  constructor(options: ClientOptions, labels: Labels, now: () => number) {
    this.now = now;
    this.routes = new Routes(labels, labeller(options.labels), options.target);
    this.resolver = new Resolver(now);
    this.tls = options.tls;
    this.#requestTimeoutMs = options.requestTimeoutMs;
    this.#trace = options.mark
      ? { id: randomBytes(12).toString('hex'), parent: randomBytes(4).toString('hex') }
      : null;
    this.defaultHeaders = new Map([
      ['connection', 'connection: keep-alive'],
      ['accept', 'accept: */*'],
      ['accept-encoding', `accept-encoding: ${ACCEPT_ENCODING}`],
      ['user-agent', `user-agent: ${options.userAgent}`],
      ...(options.mark ? [['x-marteau-run', `x-marteau-run: ${options.mark.run}`] as const] : []),
    ]);
  }

  /** Ends what has taken too long; to be called a few times a second. */
  expire(): void {
    const limit = this.#requestTimeoutMs;
    for (const exchange of this.inFlight.begunBefore(this.now() - limit)) {
      exchange.abort({ code: 'timeout', message: `no complete answer within ${limit / 1000} s` });
    }
  }

  /** A W3C traceparent of its own for each request, so that one can be found in the target's traces. */
  traceLine(): string {
    if (!this.#trace) return '';
    this.#traces = (this.#traces + 1) % 0x1_0000_0000;
    const n = (0x1_0000_0000 + this.#traces).toString(16).slice(1);
    return `traceparent: 00-${this.#trace.id}${n}-${this.#trace.parent}${n}-01\r\n`;
  }
}
