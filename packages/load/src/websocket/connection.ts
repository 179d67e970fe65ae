import type { Socket } from 'node:net';
import type { Agent, IterationRef, LiveStream } from '../fetch/agent.ts';
import type { Carrier, Exchange } from '../fetch/exchange.ts';
import { type Failure, failureOf } from '../fetch/failure.ts';
import { openSocket, type SocketHolder } from '../fetch/open-socket.ts';
import type { OutgoingRequest } from '../fetch/request.ts';
import { parseHead } from '../fetch/response-head.ts';
import type { Origin } from '../fetch/route.ts';
import { Conversation } from './conversation.ts';
import { type Agreed, newKey, readAnswer } from './handshake.ts';
import type { KnownSocket, Sending } from './known-sockets.ts';
import type { Closing, SocketMetrics } from './socket-metrics.ts';

/** What a script is told of its socket. */
export interface SocketEvents {
  opened(agreed: Agreed): void;
  message(data: string | Buffer): void;
  /** It is being closed, by whichever side. */
  closing(): void;
  /** @param failure why it did not end as it should; null where it did */
  closed(closing: Closing, reason: string, failure: Failure | null): void;
}

const LONGEST_HEAD = 16 * 1024;

/**
 * The connection of one WebSocket. Its handshake is an exchange as any other, with the user's cookies, its host's rate
 * and the time that requests have; then the connection is the conversation's.
 *
 *     connect ─▶ openSocket ─▶ request ─▶ answer ─▶ Conversation ─▶ closed
 */
export class WsConnection implements SocketHolder, Carrier, LiveStream, KnownSocket {
  readonly agent: Agent;
  readonly metrics: SocketMetrics;
  readonly iteration: IterationRef | null;
  readonly #events: SocketEvents;
  readonly #protocols: readonly string[];
  readonly #key = newKey();
  #origin!: Origin;
  #exchange: Exchange | null = null;
  #socket: Socket | null = null;
  #giveUp: (() => void) | null = null;
  #head = '';
  #begun = 0;
  #failed = false;
  conversation: Conversation | null = null;

  constructor(agent: Agent, metrics: SocketMetrics, protocols: readonly string[], events: SocketEvents) {
    this.agent = agent;
    this.metrics = metrics;
    this.iteration = agent.owner.iteration ?? null;
    this.#protocols = protocols;
    this.#events = events;
  }

  get lastSent(): Sending | null {
    return this.conversation?.lastSent ?? null;
  }

  ping(): Promise<number | null> {
    return this.conversation?.ping() ?? Promise.resolve(null);
  }

  /** @param origin where the socket goes, with the proxy on the way */
  connect(request: OutgoingRequest, origin: Origin): void {
    const { agent } = this;
    this.#origin = origin;
    this.#begun = agent.client.now();
    agent.follow(this);
    agent.send(
      request,
      ({ failure }) => {
        if (failure) this.#fail(failure);
      },
      (exchange) => {
        exchange.waited = true;
        exchange.connection = this;
        this.#exchange = exchange;
        if (this.#failed) exchange.abort(closedEarly);
        else openSocket(agent.client, this.#origin, this, exchange, byTunnel);
      },
    );
  }

  /** Ends it before it is open, or begins to close it. @param code null for none */
  close(code: number | null, reason: string): void {
    if (this.conversation) this.conversation.close(code, reason);
    else {
      this.#exchange?.abort(closedEarly);
      this.#fail(closedEarly);
    }
  }

  leave(): void {
    if (this.conversation) this.conversation.leave(GOING_AWAY);
    else this.close(GOING_AWAY, '');
  }

  get destroyed(): boolean {
    return this.#failed;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    this.#giveUp = null;
  }

  whileOpening(giveUp: () => void): void {
    this.#giveUp = giveUp;
  }

  opened(): this {
    const exchange = this.#exchange!;
    const { client } = this.agent;
    const { sendBuffer } = client;
    exchange.sent = client.now();
    sendBuffer.begin(exchange.request.template);
    sendBuffer.add(`sec-websocket-key: ${this.#key}\r\n`);
    sendBuffer.add(this.agent.cookieLine(exchange.request));
    sendBuffer.add('\r\n');
    exchange.bytesOut = sendBuffer.length;
    sendBuffer.send(this.#socket!);
    return this;
  }

  received(bytes: Buffer, length: number): void {
    this.agent.client.reads += 1;
    if (this.conversation) this.conversation.received(bytes, length);
    else if (this.#exchange) this.#answered(this.#exchange, bytes, length);
  }

  ended(): void {
    this.lost({ code: 'closed', message: 'the connection was closed without a close frame' });
  }

  lost(failure: Failure): void {
    if (this.conversation) this.conversation.lost(failure);
    else this.#exchange?.fail(failure);
    this.destroy();
  }

  destroy(): void {
    this.#giveUp?.();
    this.#socket?.destroy();
  }

  #answered(exchange: Exchange, bytes: Buffer, length: number): void {
    if (this.#head === '') exchange.first = this.agent.client.now();
    const before = this.#head.length;
    this.#head += bytes.toString('latin1', 0, Math.min(length, LONGEST_HEAD));
    const end = this.#head.indexOf('\r\n\r\n');
    exchange.bytesIn = end < 0 ? this.#head.length : end + 4;
    if (end < 0) {
      if (this.#head.length >= LONGEST_HEAD) exchange.abort(headTooLong);
      return;
    }
    const agreed = this.#agreed(exchange, this.#head.slice(0, end));
    this.#head = '';
    if (agreed === null) {
      this.destroy();
      return;
    }
    this.#open(agreed);
    const rest = bytes.subarray(end + 4 - before, length);
    if (rest.length > 0) this.conversation?.received(rest, rest.length);
  }

  /** Ends the exchange. Null where the answer is none; that is told. */
  #agreed(exchange: Exchange, text: string): Agreed | null {
    this.#exchange = null;
    exchange.connection = null;
    exchange.ended = this.agent.client.now();
    try {
      const head = parseHead(text);
      const { cookies, template } = exchange.request;
      if (cookies && head.cookies.length > 0) this.agent.keepCookies(head.cookies, template.route.scope);
      const agreed = readAnswer(head, this.#key, this.#protocols);
      const isRefused = 'code' in agreed;
      // What counts as an error by its status needs no other name.
      if (isRefused && head.status < 400) exchange.fail(agreed);
      else {
        exchange.head = head;
        exchange.finish();
      }
      if (!isRefused) return agreed;
      this.#fail(agreed);
    } catch (error) {
      exchange.fail(failureOf(error));
    }
    return null;
  }

  #open(agreed: Agreed): void {
    const { owner, client } = this.agent;
    owner.measured?.(this.metrics.connecting, (client.now() - this.#begun) * 1000);
    const limit = client.rateOf(this.#origin);
    this.conversation = new Conversation(this.agent, this.metrics, this.#socket!, agreed, limit, {
      message: (data) => this.#events.message(data),
      closing: () => this.#events.closing(),
      closed: (closing, reason, failure) => {
        this.agent.unfollow(this);
        this.#events.closed(closing, reason, failure);
      },
    });
    this.#events.opened(agreed);
  }

  /** There will be no conversation. */
  #fail(failure: Failure): void {
    if (this.#failed) return;
    this.#failed = true;
    this.agent.unfollow(this);
    this.#events.closed({ code: LOST, side: 'target', clean: false }, '', failure);
  }
}

/** A proxy forwards requests, but no frames: it is asked for a tunnel (RFC 6455, 4.1). */
const byTunnel = { protocols: ['http/1.1'], tunnel: true };
/** Whoever leaves a page says so. */
const GOING_AWAY = 1001;
/** The code of an end of which nothing was said. */
const LOST = 1006;
const closedEarly: Failure = { code: 'aborted', message: 'the socket was closed before it was open' };
const headTooLong: Failure = { code: 'ws: parse', message: 'the answer to the handshake has no end' };
