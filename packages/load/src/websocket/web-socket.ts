import { AsyncLocalStorage } from 'node:async_hooks';
import type { Failure } from '../fetch/failure.ts';
import type { Caller } from '../fetch/fetch.ts';
import { readHeaders } from '../fetch/request-headers.ts';
import { readProtocols, readUrl, refuseClose, type SocketOptions } from './arguments.ts';
import { type SocketEvents, WsConnection } from './connection.ts';
import { handlerOf, setHandler } from './handlers.ts';
import { type Agreed, handshakeTemplate } from './handshake.ts';
import { knownSockets } from './known-sockets.ts';
import { SocketError, SocketMessage } from './message-event.ts';
import { type Closing, SocketMetrics } from './socket-metrics.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

type Data = Parameters<WebSocket['send']>[0];
type BinaryType = WebSocket['binaryType'];

/**
 * The WebSocket that a script opens under load: what the WHATWG's standard says of it, over a connection of the user.
 * As with Node's own, headers may be given beside the subprotocols.
 */
class ScriptSocket extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = CLOSING;
  readonly CLOSED = CLOSED;
  readonly url: string;
  readonly #connection: WsConnection;
  readonly #origin: string;
  #state = CONNECTING;
  #agreed: Agreed | null = null;
  #binaryType: BinaryType = 'blob';
  /** What was sent after it began to close: it stays unsent. */
  #unsent = 0;
  /** Blobs have to be read first, and what is sent after them waits; bytes of them. */
  #reading: Promise<void> | null = null;
  #waiting = 0;

  constructor({ agent, label }: Caller, url: string | URL, given?: SocketOptions) {
    super();
    const { client } = agent;
    const { href, http, origin } = readUrl(String(url), client.routes.base);
    const { protocols, headers } = readProtocols(given);
    const route = client.routes.of(http);
    const template = handshakeTemplate(client, route, protocols, readHeaders(headers));
    const counted = label === undefined ? template.label : client.labels.of('request', label);
    this.url = href;
    this.#origin = origin;
    const run = AsyncLocalStorage.snapshot();
    const metrics = new SocketMetrics(client.kinds.of('ws', counted.name));
    this.#connection = new WsConnection(agent, metrics, protocols, this.#events(run));
    knownSockets.set(this, this.#connection);
    this.#connection.connect(
      {
        template,
        label: counted,
        body: null,
        redirect: 'error',
        signal: null,
        cookies: true,
      },
      route.origin,
    );
  }

  get readyState(): number {
    return this.#state;
  }

  get bufferedAmount(): number {
    const { conversation } = this.#connection;
    return this.#unsent + this.#waiting + (conversation?.buffered ?? 0);
  }

  get protocol(): string {
    return this.#agreed?.protocol ?? '';
  }

  get extensions(): string {
    return this.#agreed?.extensions ?? '';
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  /** Anything else is ignored, as the standard has it for enumerations. */
  set binaryType(type: BinaryType) {
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }

  send(data: Data): void {
    if (this.#state === CONNECTING) throw new DOMException('Sent before connected.', 'InvalidStateError');
    if (data instanceof Blob) this.#sendBlob(data);
    else {
      const bytes = bytesOf(data);
      if (this.#reading) this.#sendAfter(this.#reading, async () => bytes, Buffer.byteLength(bytes));
      else this.#send(bytes);
    }
  }

  close(code?: number, reason?: string): void {
    const text = reason === undefined ? '' : String(reason);
    refuseClose(code, text);
    if (this.#state >= CLOSING) return;
    // What waits for a blob goes first.
    const close = () => this.#connection.close(code ?? null, text);
    if (this.#reading && this.#state === OPEN) {
      this.#state = CLOSING;
      this.#reading.then(close);
    } else close();
  }

  #events(run: <T>(work: () => T) => T): SocketEvents {
    const tell = (event: Event) => run(() => this.dispatchEvent(event));
    return {
      opened: (agreed) => {
        this.#agreed = agreed;
        this.#state = OPEN;
        tell(new Event('open'));
      },
      message: (data) => {
        if (this.#state === OPEN || this.#state === CLOSING)
          tell(new SocketMessage(this.#shown(data), this.#origin));
      },
      closing: () => {
        this.#state = CLOSING;
      },
      closed: (closing, reason, failure) => {
        const wasConnecting = this.#agreed === null;
        this.#state = CLOSED;
        const end = () => run(() => this.#ended(closing, reason, failure));
        // Who has just made it listens to it afterwards.
        if (wasConnecting) queueMicrotask(end);
        else end();
      },
    };
  }

  #ended({ code, clean }: Closing, reason: string, failure: Failure | null): void {
    if (failure) {
      const error = Object.assign(new Error(failure.message, { cause: failure.cause }), {
        code: failure.code,
      });
      this.dispatchEvent(new SocketError(error));
    }
    this.dispatchEvent(new CloseEvent('close', { wasClean: clean, code, reason }));
  }

  #shown(data: string | Buffer): unknown {
    if (typeof data === 'string') return data;
    if (this.#binaryType === 'blob') return new Blob([data as Uint8Array<ArrayBuffer>]);
    return data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  }

  #send(data: string | Uint8Array): void {
    if (this.#state === OPEN) this.#connection.conversation!.send(data);
    else this.#unsent += Buffer.byteLength(data);
  }

  #sendBlob(blob: Blob): void {
    this.#sendAfter(this.#reading, async () => new Uint8Array(await blob.arrayBuffer()), blob.size);
  }

  /** One after the other: a blob has to be read before anything that follows it goes. */
  #sendAfter(before: Promise<void> | null, read: () => Promise<string | Uint8Array>, size: number): void {
    this.#waiting += size;
    const sent = Promise.resolve(before)
      .then(read)
      .then((bytes) => {
        this.#waiting -= size;
        this.#connection.conversation?.send(bytes);
        if (this.#reading === sent) this.#reading = null;
      });
    this.#reading = sent;
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

  get onclose() {
    return handlerOf(this, 'close');
  }

  set onclose(handler) {
    setHandler(this, 'close', handler);
  }
}

/**
 * The `WebSocket` of a script.
 * @param callerNow tells who is running
 */
export function webSocketFor(callerNow: () => Caller): typeof globalThis.WebSocket {
  class WebSocket extends ScriptSocket {
    constructor(url: string | URL, protocols?: SocketOptions) {
      if (url === undefined)
        throw new TypeError('WebSocket constructor: 1 argument required, but only 0 present.');
      super(callerNow(), url, protocols);
    }
  }
  return WebSocket as unknown as typeof globalThis.WebSocket;
}

/** @throws nothing: whatever is neither bytes nor text is made a text */
function bytesOf(data: unknown): string | Uint8Array {
  if (typeof data === 'string') return data.toWellFormed();
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  return String(data).toWellFormed();
}
