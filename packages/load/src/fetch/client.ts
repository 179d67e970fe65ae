import type { HttpChoice } from '@marteau/file';
import { labeller } from '@marteau/measure';
import { hostAndPort } from '@marteau/net';
import { KindMetrics } from '../count/kind-metrics.ts';
import type { Labels } from '../count/labels.ts';
import { ACCEPT_ENCODING } from './decompress.ts';
import { FrameWriter } from './h2/frame-writer.ts';
import { InFlight } from './in-flight.ts';
import { Peer } from './peer.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import { RateLimit, type SharedRate } from './rate-limit.ts';
import { RequestTemplates } from './request-template.ts';
import { Resolver } from './resolver.ts';
import { type Origin, Routes } from './route.ts';
import { SendBuffer } from './send-buffer.ts';
import { TlsContext, type TlsSettings } from './tls-settings.ts';
import { TraceLines } from './trace-lines.ts';

export interface ClientOptions {
  /** What relative URLs are relative to. */
  readonly target?: string | undefined;
  readonly userAgent: string;
  /**
   * The run's id, for the requests' marks, and by the names of hosts where their owners can stop it; null leaves the
   * requests unmarked.
   */
  readonly mark: { readonly run: string; readonly stops?: Readonly<Record<string, string>> } | null;
  readonly requestTimeoutMs: number;
  /** Which HTTP is spoken; 1.1 where it is left out. */
  readonly http?: HttpChoice;
  /** Patterns for labels; see `labeller`. */
  readonly labels: readonly string[];
  readonly tls: TlsSettings;
  readonly proxies?: ProxySettings;
  /** What hosts allow. */
  readonly rates?: readonly SharedRate[];
}

const READ_BUFFER = 64 * 1024;

/** What all users of a thread share of the network: what is known of URLs and hosts, the read buffer, the deadlines. */
export class Client {
  readonly now: () => number;
  readonly labels: Labels;
  readonly routes: Routes;
  resolver: Resolver;
  readonly inFlight = new InFlight();
  /** One for all sockets: a read is worked off before the next one begins. */
  readonly readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER);
  /** TLS sessions to resume. */
  readonly sessions = new Map<Origin, Buffer>();
  readonly tls: TlsContext;
  readonly templates: RequestTemplates;
  readonly peer: Peer;
  readonly sendBuffer: SendBuffer;
  /** By host:port; null where no host limits its requests. */
  readonly #rates: ReadonlyMap<string, RateLimit> | null;
  readonly http: HttpChoice;
  readonly traces: TraceLines | null;
  readonly frames = new FrameWriter();
  /** Connections that were opened, and streams on those of HTTP/2. */
  readonly connections = { http1: 0, http2: 0, streams: 0 };
  /** Open sockets. */
  sockets = 0;
  /** Of these, WebSockets and streams of events. */
  streams = 0;
  /** Whether there were any. */
  hasStreams = false;
  /** What is measured beside requests. */
  readonly kinds = new KindMetrics();
  /** Reads so far; whoever sees it unchanged has not let the event loop turn. */
  reads = 0;
  readonly #requestTimeoutMs: number;

  /** @param now ms of the thread's clock */
  constructor(options: ClientOptions, labels: Labels, now: () => number) {
    this.now = now;
    this.labels = labels;
    this.routes = new Routes(
      labels,
      labeller(options.labels),
      options.target,
      proxyFor(options.proxies ?? {}),
    );
    this.resolver = new Resolver(now);
    this.tls = new TlsContext(options.tls);
    this.peer = new Peer(options.target ?? null);
    const { rates = [] } = options;
    this.#rates = rates.length > 0 ? new Map(rates.map((each) => [each.place, new RateLimit(each)])) : null;
    this.#requestTimeoutMs = options.requestTimeoutMs;
    this.http = options.http ?? '1.1';
    this.traces = options.mark ? new TraceLines() : null;
    this.sendBuffer = new SendBuffer(this.traces);
    const defaults = new Map([
      ['connection', 'connection: keep-alive'],
      ['accept', 'accept: */*'],
      ['accept-encoding', `accept-encoding: ${ACCEPT_ENCODING}`],
      ['user-agent', `user-agent: ${options.userAgent}`],
      ...(options.mark ? [['x-marteau-run', `x-marteau-run: ${options.mark.run}`] as const] : []),
    ]);
    const stops = Object.entries(options.mark?.stops ?? {});
    this.templates = new RequestTemplates(
      defaults,
      new Map(stops.map(([host, url]) => [host, `user-agent: ${options.userAgent} (+${url})`])),
    );
  }

  /** What a host allows; null for no limit. */
  rateOf({ hostname, port }: Origin): RateLimit | null {
    return this.#rates?.get(hostAndPort(hostname, port)) ?? null;
  }

  /** Ends what has taken too long; to be called a few times a second. */
  expire(): void {
    const limit = this.#requestTimeoutMs;
    for (const exchange of this.inFlight.begunBefore(this.now() - limit)) {
      exchange.abort({ code: 'timeout', message: `no complete answer within ${limit / 1000} s` });
    }
  }
}
