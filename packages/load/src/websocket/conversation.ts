import type { Socket } from 'node:net';
import type { Agent } from '../fetch/agent.ts';
import type { Failure } from '../fetch/failure.ts';
import type { RateLimit } from '../fetch/rate-limit.ts';
import type { SocketEvents } from './connection.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import type { Agreed } from './handshake.ts';
import { HeldFrames } from './held-frames.ts';
import type { Sending } from './known-sockets.ts';
import { PROTOCOL, ProtocolError } from './protocol-error.ts';
import { type Closing, isAbnormal, type SocketMetrics } from './socket-metrics.ts';
import { BINARY, CLOSE, frameOf, PING, PONG, sendFrame, TEXT, writeFrame } from './write-frame.ts';

/** How long the other side has to answer that we close, and then to end the connection, ms. */
const CLOSE_MS = 3000;
const LINGER_MS = 1000;
/** No code was given (RFC 6455, 7.4.1). */
const NONE = 1005;
const LOST = 1006;
/** Of answers to its pings a target may leave so much unread, bytes. */
const MOST_UNREAD = 1024 * 1024;

/** An open WebSocket: frames both ways, and the end of it. */
export class Conversation implements FrameSink {
  lastSent: Sending | null = null;
  readonly #agent: Agent;
  readonly #metrics: SocketMetrics;
  readonly #socket: Socket;
  readonly #events: Omit<SocketEvents, 'opened'>;
  readonly #reader: FrameReader;
  readonly #openedAt: number;
  /** Null where its host does not limit its messages. */
  readonly #held: HeldFrames | null;
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** Asked to close, behind messages that are held: nothing more is taken. */
  #isClosing = false;
  #hasMessage = false;
  /** The code with which we close. */
  #ownCode = NONE;
  #timer: NodeJS.Timeout | undefined;
  /** Pings that wait for their pong: by payload, when they were sent. */
  #pings: Map<string, { readonly begun: number; answered(ms: number | null): void }> | null = null;
  #numberOfPings = 0;

  constructor(
    agent: Agent,
    metrics: SocketMetrics,
    socket: Socket,
    { deflate }: Agreed,
    limit: RateLimit | null,
    events: Omit<SocketEvents, 'opened'>,
  ) {
    this.#agent = agent;
    this.#metrics = metrics;
    this.#socket = socket;
    this.#events = events;
    this.#reader = new FrameReader(this, deflate);
    this.#openedAt = agent.client.now();
    this.#held = limit && new HeldFrames(limit, agent.client.now, (frame) => writeFrame(socket, frame));
    agent.client.streams += 1;
    agent.client.hasStreams = true;
  }

  /** Bytes that wait to be sent. */
  get buffered(): number {
    // What is written past the stream waits in the handle.
    const { _handle } = this.#socket as unknown as { _handle?: { writeQueueSize?: number } | null };
    return this.#socket.writableLength + (_handle?.writeQueueSize ?? 0) + (this.#held?.bytes ?? 0);
  }

  received(bytes: Buffer, length: number): void {
    if (this.#state === 'closed') return;
    try {
      this.#reader.read(bytes, length);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#breach(error);
    }
  }

  /** Once it closes, what is sent goes nowhere. */
  send(data: string | Uint8Array): void {
    if (this.#state !== 'open' || this.#isClosing) return;
    const frame = frameOf(typeof data === 'string' ? TEXT : BINARY, data);
    const bytes = Buffer.byteLength(data);
    const sending: Sending = { at: 0 };
    this.lastSent = sending;
    const { owner, client } = this.#agent;
    const gone = () => {
      sending.at = client.now();
      owner.measured?.(this.#metrics.sent, bytes);
    };
    this.#sendInTurn(frame, gone);
  }

  /** Resolves with the ms until its pong; with null where the end comes first. */
  ping(): Promise<number | null> {
    if (this.#state !== 'open' || this.#isClosing) return Promise.resolve(null);
    const payload = `marteau ${this.#numberOfPings}`;
    this.#numberOfPings += 1;
    this.#pings ??= new Map();
    const pings = this.#pings;
    return new Promise((answered) => {
      const { client } = this.#agent;
      const ping = { begun: client.now(), answered };
      pings.set(payload, ping);
      this.#sendInTurn(frameOf(PING, payload), () => {
        ping.begun = client.now();
      });
    });
  }

  /** Now, or when its host allows it. */
  #sendInTurn(frame: Buffer, gone: () => void): void {
    if (this.#held) this.#held.send(frame, gone);
    else {
      gone();
      writeFrame(this.#socket, frame);
    }
  }

  /** Closes it behind what was sent. @param code null for none */
  close(code: number | null, reason: string): void {
    if (this.#state !== 'open' || this.#isClosing) return;
    this.#isClosing = true;
    if (this.#held) this.#held.after(() => this.#close(code, reason));
    else this.#close(code, reason);
    this.#events.closing();
  }

  /** Closes it before anything else is sent. */
  leave(code: number): void {
    this.#held?.drop();
    this.#isClosing = false;
    this.close(code, '');
  }

  #close(code: number | null, reason: string): void {
    this.#state = 'closing';
    this.#ownCode = code ?? NONE;
    this.#sendClose(code, reason);
    this.#timer = setTimeout(
      () => this.lost({ code: 'timeout', message: `the close was not answered within ${CLOSE_MS / 1000} s` }),
      CLOSE_MS,
    ).unref();
  }

  /** The connection is gone. */
  lost(failure: Failure): void {
    if (this.#state === 'closed') return;
    this.#end({ code: LOST, side: 'target', clean: false }, '', failure);
    this.#socket.destroy();
  }

  text(text: string, bytes: number): void {
    this.#received(bytes);
    this.#events.message(text);
  }

  binary(bytes: Buffer, length: number): void {
    this.#received(length);
    this.#events.message(bytes);
  }

  pinged(payload: Buffer): void {
    if (this.#state !== 'open') return;
    if (this.buffered > MOST_UNREAD)
      throw new ProtocolError(PROTOCOL, 'the server pings on and on, and reads no answer');
    sendFrame(this.#socket, PONG, payload);
  }

  ponged(payload: Buffer): void {
    const key = payload.toString('latin1');
    const ping = this.#pings?.get(key);
    if (!ping) return;
    this.#pings!.delete(key);
    const ms = this.#agent.client.now() - ping.begun;
    this.#agent.owner.measured?.(this.#metrics.ping, ms * 1000);
    ping.answered(ms);
  }

  closeFrame(code: number | null, reason: string): void {
    if (this.#state === 'open') {
      this.#state = 'closing';
      this.#sendClose(code, '');
      this.#events.closing();
      this.#end({ code: code ?? NONE, side: 'target', clean: true }, reason, null);
    } else {
      this.#end({ code: this.#ownCode, side: 'client', clean: true }, reason, null, code ?? NONE);
    }
    this.#letGo();
  }

  #received(bytes: number): void {
    const { owner, client } = this.#agent;
    owner.measured?.(this.#metrics.received, bytes);
    if (this.#hasMessage) return;
    this.#hasMessage = true;
    owner.measured?.(this.#metrics.firstMessage, (client.now() - this.#openedAt) * 1000);
  }

  /** The other side broke the protocol: it is told with which code, and nothing more is read. */
  #breach({ code, message }: ProtocolError): void {
    if (this.#state === 'open') this.#sendClose(code, message);
    this.#end({ code, side: 'client', clean: false }, '', { code: `ws: ${code}`, message }, LOST);
    this.#letGo();
  }

  #sendClose(code: number | null, reason: string): void {
    const payload = Buffer.alloc(code === null ? 0 : 2 + Buffer.byteLength(reason));
    if (code !== null) {
      payload.writeUInt16BE(code);
      payload.write(reason, 2);
    }
    sendFrame(this.#socket, CLOSE, payload);
  }

  /** The other side ends the connection; who does not is not waited for. */
  #letGo(): void {
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  /** @param told the code that the script sees, where it is another */
  #end(closing: Closing, reason: string, failure: Failure | null, told = closing.code): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#held?.drop();
    clearTimeout(this.#timer);
    const { owner, client } = this.#agent;
    client.streams -= 1;
    this.#metrics.closed(owner, closing, client.now() - this.#openedAt);
    if (isAbnormal(closing)) {
      const what = `ws closed ${closing.code} by the ${closing.side}`;
      owner.troubled?.(this.#metrics.label, what, failure?.message ?? reason);
    }
    for (const { answered } of this.#pings?.values() ?? []) answered(null);
    this.#events.closed({ ...closing, code: told }, reason, failure);
  }
}
