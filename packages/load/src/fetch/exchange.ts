import type { Label } from '../count/labels.ts';
import type { Agent, IterationRef } from './agent.ts';
import { type Failure, failureOfSignal } from './failure.ts';
import type { OutgoingRequest } from './request.ts';
import { type BodySource, ResponseBody } from './response-body.ts';
import type { ResponseHead } from './response-head.ts';

/** What an exchange is on: a connection of HTTP/1.1, a stream of HTTP/2. */
export interface Carrier {
  /** The exchange needs it no longer, and what it carries is for nobody. */
  destroy(): void;
}

/**
 * One request and its answer, from the call of fetch to the last byte of the body. Moments are ms of the thread's
 * clock; a phase that the exchange did not have is 0.
 */
export class Exchange {
  readonly agent: Agent;
  readonly request: OutgoingRequest;
  readonly label: Label;
  /** What it was made for, which may be over before it is; null where it is not counted. */
  readonly iteration: IterationRef | null;
  readonly begun: number;
  /** Whether it had to wait for a connection; else it was sent the moment it began. */
  waited = false;
  /** Durations: a connection that had to be opened for it. */
  dns = 0;
  connect = 0;
  tls = 0;
  /** Moments. */
  sent = 0;
  flushed = 0;
  first = 0;
  ended = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Its body is a stream that has not come to its end: the connection is not ready for another request. */
  isStreaming = false;
  head: ResponseHead | null = null;
  body: ResponseBody | null = null;
  failure: Failure | null = null;
  connection: Carrier | null = null;
  /** Whether it went over HTTP/2. */
  isHttp2 = false;
  /** Whether it was sent again after a kept connection had been closed under it. */
  resent = false;
  /** Neighbours in the thread's list of exchanges that are not over. */
  before: Exchange | null = null;
  after: Exchange | null = null;
  readonly #onAnswer: (exchange: Exchange) => void;
  #over = false;
  #isSettled = false;
  #onAbort: (() => void) | null = null;

  /** @param onAnswer is called when the head has come or the exchange failed, once */
  constructor(
    agent: Agent,
    request: OutgoingRequest,
    begun: number,
    onAnswer: (exchange: Exchange) => void,
    iteration: IterationRef | null,
  ) {
    this.agent = agent;
    this.request = request;
    this.label = request.label;
    this.iteration = iteration;
    this.begun = begun;
    this.#onAnswer = onAnswer;
    if (request.signal) this.#watch(request.signal);
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** The head has come; its body begins. */
  answer(head: ResponseHead, source: BodySource): void {
    this.head = head;
    this.body = new ResponseBody(source, this.agent.client.now);
    if (head.isEvents && !this.request.isEventSource) this.body.isStreamed = true;
    if (head.cookies.length > 0 && this.request.cookies)
      this.agent.keepCookies(head.cookies, this.request.template.route.scope);
    this.#onAnswer(this);
  }

  /** The last byte has come. */
  finish(): void {
    this.body?.end();
    if (!this.#over) this.#end();
  }

  /** It counts as it is; what its body still brings belongs to a stream of events. */
  settle(): void {
    if (this.#over) return;
    this.ended = this.agent.client.now();
    this.#isSettled = true;
    this.#end();
  }

  /** There will be no answer, or not the rest of it. */
  fail(failure: Failure): void {
    if (this.#isSettled) this.body?.fail(failure);
    if (this.#over) return;
    this.failure = failure;
    this.ended = this.agent.client.now();
    this.body?.fail(failure);
    this.#end();
    if (!this.head) this.#onAnswer(this);
  }

  /** The script has no use for the rest of the body: it has what it wanted, and the exchange counts as answered. */
  leave(failure: Failure): void {
    if (this.#isSettled) {
      this.body?.fail(failure);
      this.connection?.destroy();
    }
    if (this.#over) return;
    this.ended = this.agent.client.now();
    this.body?.fail(failure);
    this.#end();
    this.connection?.destroy();
  }

  /** Ends it from our side: what carries it cannot be used again. */
  abort(failure: Failure): void {
    if (this.#over) return;
    const { connection } = this;
    this.fail(failure);
    if (connection) connection.destroy();
    else this.agent.forget(this);
  }

  #end(): void {
    this.#over = true;
    if (this.#onAbort) this.request.signal?.removeEventListener('abort', this.#onAbort);
    this.agent.over(this);
  }

  #watch(signal: AbortSignal): void {
    this.#onAbort = () => {
      const failure = failureOfSignal(signal);
      if (this.head && failure.code === 'aborted') this.leave(failure);
      else this.abort(failure);
    };
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }
}
