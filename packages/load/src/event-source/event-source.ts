import { AsyncLocalStorage } from 'node:async_hooks';
import type { LabelledMetrics } from '../count/kind-metrics.ts';
import type { Agent, IterationRef, LiveStream } from '../fetch/agent.ts';
import type { Exchange } from '../fetch/exchange.ts';
import type { Failure } from '../fetch/failure.ts';
import { type Caller, followed, labelled } from '../fetch/fetch.ts';
import type { OutgoingRequest } from '../fetch/request.ts';
import { readRequest } from '../fetch/request.ts';
import { handlerOf, setHandler } from '../websocket/handlers.ts';
import { SocketMessage } from '../websocket/message-event.ts';
import { EventParser, type StreamEvent } from './event-parser.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

const closed: Failure = { code: 'aborted', message: 'the stream was closed' };
/** Until the stream says otherwise, ms; as Node's own. */
const RETRY_MS = 3000;

/**
 * The EventSource of a script under load (HTML standard, 9.2). Its request is one as any other, which is over with the
 * head of its answer: a stream has no end that its time could be told by. What comes then is measured as events.
 */
class ScriptEventSource extends EventTarget implements LiveStream {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSED = CLOSED;
  readonly url: string;
  readonly withCredentials: boolean;
  readonly iteration: IterationRef | null;
  readonly #agent: Agent;
  readonly #label: string | undefined;
  readonly #metrics: LabelledMetrics;
  readonly #run: <T>(work: () => T) => T;
  #state = CONNECTING;
  #exchange: Exchange | null = null;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = RETRY_MS;
  #lastEventId = '';
  /** When it was opened, and when its last event came; ms of the thread's clock, 0 for never. */
  #openedAt = 0;
  #lastAt = 0;

  constructor({ agent, label }: Caller, url: string | URL, init: EventSourceInit = {}) {
    super();
    const { client } = agent;
    const base = client.routes.base;
    const parsed = URL.parse(String(url), base);
    if (!parsed) throw new DOMException(`Invalid URL: ${JSON.stringify(String(url))}`, 'SyntaxError');
    this.url = parsed.href;
    this.withCredentials = Boolean(init?.withCredentials);
    this.iteration = agent.owner.iteration ?? null;
    this.#agent = agent;
    this.#label = label;
    this.#run = AsyncLocalStorage.snapshot();
    const request = this.#request();
    this.#metrics = client.kinds.of('sse', request.label.name);
    agent.follow(this);
    this.#connect(request);
  }

  get readyState(): number {
    return this.#state;
  }

  close(): void {
    if (this.#state === CLOSED) return;
    this.#end();
    this.#letGo();
  }

  leave(): void {
    this.close();
  }

  #letGo(): void {
    const exchange = this.#exchange;
    if (exchange?.head) exchange.leave(closed);
    else exchange?.abort(closed);
  }

  #request(): OutgoingRequest {
    const headers: Record<string, string> = { accept: 'text/event-stream', 'cache-control': 'no-store' };
    // As text, which the standard sends as UTF-8.
    if (this.#lastEventId !== '')
      headers['last-event-id'] = Buffer.from(this.#lastEventId).toString('latin1');
    const request = readRequest(this.#agent.client, this.url, { headers });
    return { ...labelled(this.#agent, request as OutgoingRequest, this.#label), isEventSource: true };
  }

  #connect(request: OutgoingRequest): void {
    const begun = this.#agent.client.now();
    this.#agent.send(request, (first) => {
      this.#exchange = first;
      this.#run(() => this.#read(first, begun).catch((error: Error) => this.#refuse(error.message)));
    });
  }

  async #read(first: Exchange, begun: number): Promise<void> {
    const { exchange } = await followed(this.#agent, first);
    this.#exchange = exchange;
    const { head, failure } = exchange;
    if (this.#state === CLOSED) {
      this.#letGo();
      return;
    }
    if (head === null) {
      this.#again(failure!);
      return;
    }
    if (head.status !== 200 || !head.isEvents) {
      exchange.body?.discard();
      this.#refuse(
        head.status === 200 ? 'the answer is no text/event-stream' : `the answer is ${head.status}`,
      );
      return;
    }
    exchange.settle();
    this.#open(begun);
    const parser = new EventParser(this.#lastEventId);
    const body = exchange.body!;
    try {
      for (let bytes = await body.next(); bytes !== null; bytes = await body.next()) {
        const events = parser.read(bytes);
        this.#lastEventId = parser.lastEventId;
        this.#retryMs = parser.retryMs ?? this.#retryMs;
        for (const event of events) this.#event(event, begun);
      }
      this.#again({ code: 'closed', message: 'the stream has ended' });
    } catch (error) {
      if (error instanceof RangeError) {
        exchange.leave({ code: 'aborted', message: error.message });
        this.#refuse(error.message);
      } else this.#again(error as Failure);
    }
  }

  #open(begun: number): void {
    const { client, owner } = this.#agent;
    this.#state = OPEN;
    this.#openedAt = client.now();
    this.#lastAt = 0;
    client.streams += 1;
    client.hasStreams = true;
    owner.measured?.(this.#metrics.metric('trend', 'connecting', 'us'), (this.#openedAt - begun) * 1000);
    this.dispatchEvent(new Event('open'));
  }

  #event({ type, data, lastEventId }: StreamEvent, begun: number): void {
    if (this.#state === CLOSED) return;
    const { client, owner } = this.#agent;
    const now = client.now();
    const name = this.#lastAt === 0 ? 'first event' : 'between events';
    owner.measured?.(this.#metrics.metric('trend', name, 'us'), (now - (this.#lastAt || begun)) * 1000);
    owner.measured?.(this.#metrics.metric('trend', 'received', 'bytes'), Buffer.byteLength(data));
    this.#lastAt = now;
    this.dispatchEvent(new SocketMessage(data, new URL(this.url).origin, type, lastEventId));
  }

  /** It broke off, and is opened again after a while. */
  #again({ message }: Failure): void {
    if (this.#state === CLOSED) return;
    const { owner } = this.#agent;
    this.#shut();
    this.#state = CONNECTING;
    owner.measured?.(this.#metrics.metric('counter', 'reconnects'), 1);
    owner.troubled?.(this.#metrics.of.label, 'sse broke off', message);
    this.dispatchEvent(new Event('error'));
    if (this.#state === (CLOSED as number)) return;
    this.#timer = setTimeout(() => this.#connect(this.#request()), this.#retryMs);
  }

  /** The answer is none that a stream could come of: that is the end. */
  #refuse(why: string): void {
    if (this.#state === CLOSED) return;
    this.#end();
    this.#agent.owner.troubled?.(this.#metrics.of.label, 'sse refused', why);
    this.dispatchEvent(new Event('error'));
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#shut();
    this.#state = CLOSED;
    this.#agent.unfollow(this);
  }

  #shut(): void {
    if (this.#state !== OPEN) return;
    const { client, owner } = this.#agent;
    client.streams -= 1;
    owner.measured?.(this.#metrics.metric('trend', 'open', 'us'), (client.now() - this.#openedAt) * 1000);
  }

  get onopen() {
    return handlerOf(this, 'open');
  }

  set onopen(handler) {
    setHandler(this, 'open', handler);
  }

  get onmessage() {
    return handlerOf(this, 'message');
  }

  set onmessage(handler) {
    setHandler(this, 'message', handler);
  }

  get onerror() {
    return handlerOf(this, 'error');
  }

  set onerror(handler) {
    setHandler(this, 'error', handler);
  }
}

/**
 * The `EventSource` of a script.
 * @param callerNow tells who is running
 */
export function eventSourceFor(callerNow: () => Caller): typeof globalThis.EventSource {
  class EventSource extends ScriptEventSource {
    constructor(url: string | URL, init?: EventSourceInit) {
      if (url === undefined)
        throw new TypeError('EventSource constructor: 1 argument required, but only 0 present.');
      super(callerNow(), url, init);
    }
  }
  return EventSource as unknown as typeof globalThis.EventSource;
}
