import type { Metric } from '@marteau/measure';
import type { Own } from '../script/own.ts';
import type { Client } from './client.ts';
import { CookieJar, type CookieScope } from './cookie-jar.ts';
import { Exchange } from './exchange.ts';
import { type Failure, failureOfSignal } from './failure.ts';
import { Http2Pool } from './h2/http2-pool.ts';
import { measureStream } from './measure-stream.ts';
import { type OriginPool, Pool } from './pool.ts';
import type { OutgoingRequest } from './request.ts';
import type { Origin } from './route.ts';

/** How long a user waits at the end of an iteration for bodies that nobody reads. */
const DRAIN_MS = 1000;

/** What a request is made for: an iteration of a test. */
export interface IterationRef {
  readonly fullName: string;
}

/** Is told of every exchange that is over, while it is still among those in flight. */
export interface ExchangeObserver {
  /** What requests that begin now are made for; nothing where they are not counted. */
  readonly iteration?: IterationRef | null;
  exchanged(exchange: Exchange): void;
  /** Something was measured beside requests. @param value as MetricTally takes it */
  measured?(metric: Metric, value: number): void;
  /** Something went wrong that is no answer to a request: what, in fixed words, and what was said of it. */
  troubled?(label: string, what: string, why: string): void;
}

/** What outlives the request that it began with: a WebSocket, a stream of events. */
export interface LiveStream {
  /** In which it began, and with which it ends; null for one of the user's whole time. */
  readonly iteration: IterationRef | null;
  /** The iteration is over, or the user leaves. */
  leave(): void;
}

/** What one user has of the network: connections and cookies. */
export class Agent {
  readonly client: Client;
  /** What the user has set of its own; nothing for what is nobody's. */
  own: Own | null = null;
  readonly owner: ExchangeObserver;
  readonly #pools = new Map<Origin, OriginPool>();
  #jar: CookieJar | null = null;
  /** What every iteration begins with. */
  #remembered: CookieJar | null = null;
  /** Exchanges that are not over. */
  #open = 0;
  #settled: (() => void) | null = null;
  #streams: Set<LiveStream> | null = null;
  /** Requests that their hosts do not allow yet. */
  readonly #later = new Set<(failure: Failure | null) => void>();

  constructor(client: Client, owner: ExchangeObserver) {
    this.client = client;
    this.owner = owner;
  }

  /**
   * Sends a request.
   * @param onAnswer is called when the head has come or there will be none; the exchange is over with its body's end
   * @param carry sends it by a connection of its own; null for one of those that the user keeps
   */
  send(
    request: OutgoingRequest,
    onAnswer: (exchange: Exchange) => void,
    carry: ((exchange: Exchange) => void) | null = null,
  ): void {
    const wait = this.client.rateOf(request.template.route.origin)?.take() ?? 0;
    if (wait > 0) this.#sendLater(request, onAnswer, carry, wait);
    else if (carry) carry(this.#begin(request, onAnswer));
    else this.dispatch(this.#begin(request, onAnswer));
  }

  /** The time until its host allows it is no time of the request: it begins then. */
  #sendLater(
    request: OutgoingRequest,
    onAnswer: (exchange: Exchange) => void,
    carry: ((exchange: Exchange) => void) | null,
    wait: number,
  ): void {
    const { iteration = null } = this.owner;
    const { signal } = request;
    let isGone = false;
    const go = (failure: Failure | null = null): void => {
      if (isGone) return;
      isGone = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.#later.delete(go);
      this.#open -= 1;
      const exchange = this.#begin(request, onAnswer, iteration);
      if (failure) exchange.abort(failure);
      else if (carry) carry(exchange);
      else this.dispatch(exchange);
    };
    const abort = (): void => go(failureOfSignal(signal!));
    const timer = setTimeout(go, Math.ceil(wait), null);
    signal?.addEventListener('abort', abort, { once: true });
    this.#later.add(go);
    this.#open += 1;
  }

  /** Counts a request that somebody else sends; whoever tells of it ends the exchange. */
  adopt(request: OutgoingRequest): Exchange {
    const exchange = this.#begin(request, () => undefined);
    exchange.sent = exchange.begun;
    return exchange;
  }

  #begin(
    request: OutgoingRequest,
    onAnswer: (exchange: Exchange) => void,
    iteration = this.owner.iteration ?? null,
  ): Exchange {
    const exchange = new Exchange(this, request, this.client.now(), onAnswer, iteration);
    this.#open += 1;
    this.client.inFlight.add(exchange);
    return exchange;
  }

  dispatch(exchange: Exchange): void {
    this.#poolOf(exchange.request.template.route.origin).dispatch(exchange);
  }

  over(exchange: Exchange): void {
    this.#open -= 1;
    this.owner.exchanged(exchange);
    if (exchange.body?.isStreamed) measureStream(exchange);
    this.client.inFlight.remove(exchange);
    if (this.#open === 0) this.#settled?.();
  }

  forget(exchange: Exchange): void {
    this.#pools.get(exchange.request.template.route.origin)?.forget(exchange);
  }

  /** The Cookie header line for a request, ended by CRLF; empty where there is none. */
  cookieLine({ template: { route, hasCookie }, cookies: wantsCookies }: OutgoingRequest): string {
    return this.#jar && wantsCookies && !hasCookie ? this.#jar.line(route.scope) : '';
  }

  keepCookies(values: readonly string[], scope: CookieScope): void {
    this.#jar ??= new CookieJar();
    for (const value of values) this.#jar.set(value, scope);
  }

  /** What there is now is what every iteration begins with: the login of a `before` hook. */
  rememberCookies(): void {
    this.#remembered = this.#jar;
    this.#jar = this.#remembered?.copy() ?? null;
  }

  /** A new iteration: only what was remembered is there. */
  forgetCookies(): void {
    this.#jar = this.#remembered?.copy() ?? null;
  }

  /**
   * The iteration is over: bodies that nobody reads are read to their end, for a moment; then they are left.
   * Null when nothing is open, which is the way of most iterations.
   */
  settle(): Promise<void> | null {
    if (this.#streams) this.#leaveStreams(({ iteration }) => iteration !== null);
    if (this.#open === 0) return null;
    for (const exchange of this.#exchanges()) exchange.body?.discard();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#leaveBodies(), DRAIN_MS);
      this.#settled = () => {
        this.#settled = null;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends all that is open, and closes every connection. */
  close(failure: Failure): void {
    for (const exchange of this.#exchanges()) exchange.abort(failure);
    for (const go of this.#later) go(failure);
    this.#leaveStreams(() => true);
    this.closeIdle();
  }

  follow(stream: LiveStream): void {
    this.#streams ??= new Set();
    this.#streams.add(stream);
  }

  unfollow(stream: LiveStream): void {
    this.#streams?.delete(stream);
  }

  #leaveStreams(isMeant: (stream: LiveStream) => boolean): void {
    for (const stream of [...(this.#streams ?? [])]) if (isMeant(stream)) stream.leave();
  }

  closeIdle(): void {
    for (const pool of this.#pools.values()) pool.closeIdle();
  }

  #leaveBodies(): void {
    for (const exchange of this.#exchanges()) {
      if (exchange.head)
        exchange.leave({ code: 'aborted', message: 'nobody read the body, and the iteration is over' });
    }
    this.#settled?.();
  }

  /** Those that are not over. Seldom asked for, so not kept. */
  #exchanges(): Exchange[] {
    if (this.#open === 0) return [];
    return [...this.client.inFlight.begunBefore(Number.POSITIVE_INFINITY)].filter(
      ({ agent }) => agent === this,
    );
  }

  #poolOf(origin: Origin): OriginPool {
    const known = this.#pools.get(origin);
    if (known) return known;
    const { http } = this.client;
    const isOlder = http === '1.1' || (http === 'auto' && !origin.tls);
    const pool = isOlder ? new Pool(this.client, origin) : new Http2Pool(this.client, origin);
    this.#pools.set(origin, pool);
    return pool;
  }
}
