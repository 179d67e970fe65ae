import type { EventEmitter } from 'node:events';
import type { Caller } from '../fetch/fetch.ts';
import { type KnownSocket, knownSockets, type Sending } from '../websocket/known-sockets.ts';
import { pingPackage } from '../websocket/ping.ts';
import { isAbnormal, SocketMetrics } from '../websocket/socket-metrics.ts';
import type { KnownPackage } from './known-packages.ts';

/** What of a socket of the package `ws` is looked at. */
interface WsSocket extends EventEmitter {
  readonly url: string;
  readonly readyState: number;
  readonly _isServer: boolean;
  readonly _closeFrameReceived: boolean;
  close(code?: number, reason?: string): void;
  ping(payload: string): void;
}

interface Prototype {
  setSocket(this: WsSocket, ...rest: unknown[]): void;
  send(this: WsSocket, data: unknown, ...rest: unknown[]): void;
  close(this: WsSocket, ...rest: unknown[]): void;
  terminate(this: WsSocket): void;
}

const OPEN = 1;
const GOING_AWAY = 1001;
const LOST = 1006;

/**
 * Sockets by the package `ws`: messages both ways, how long they were open, how they ended. The handshake is a request
 * of node:http, which is seen as such.
 * @param callerNow tells who is running
 */
export function wsPackage(callerNow: () => Caller): KnownPackage {
  return {
    file: '/ws/lib/websocket.js',
    watch(exports) {
      const { prototype } = exports as { prototype?: Prototype };
      if (typeof prototype?.setSocket !== 'function') return false;
      const { setSocket, send, close, terminate } = prototype;
      const talks = new WeakMap<object, Talk>();
      /** Those that the script has begun to close itself. */
      const closedByClient = new WeakSet<object>();
      prototype.setSocket = function (...rest) {
        if (!this._isServer) talks.set(this, observe(this, callerNow(), closedByClient));
        setSocket.apply(this, rest);
      };
      prototype.send = function (data, ...rest) {
        if (this.readyState === OPEN) talks.get(this)?.send(sizeOf(data));
        send.call(this, data, ...rest);
      };
      prototype.close = function (...rest) {
        // It calls this itself to answer a close.
        if (this.readyState === OPEN && !this._closeFrameReceived) closedByClient.add(this);
        close.apply(this, rest);
      };
      prototype.terminate = function () {
        if (this.readyState === OPEN) closedByClient.add(this);
        terminate.call(this);
      };
      return true;
    },
  };
}

interface Talk extends KnownSocket {
  /** Something is being sent, of so many bytes. */
  send(bytes: number): void;
}

function observe(socket: WsSocket, { agent, label }: Caller, closedByClient: WeakSet<object>): Talk {
  const { client, owner } = agent;
  const name = label ?? client.routes.of(socket.url.replace(/^ws/, 'http')).label('GET').name;
  const metrics = new SocketMetrics(client.kinds.of('ws', name));
  const openedAt = client.now();
  const talk: Talk & { lastSent: Sending | null } = {
    metrics,
    lastSent: null,
    async ping() {
      const ms = await pingPackage(socket, client.now);
      if (ms !== null) owner.measured?.(metrics.ping, ms * 1000);
      return ms;
    },
    send(bytes: number) {
      talk.lastSent = { at: client.now() };
      owner.measured?.(metrics.sent, bytes);
    },
  };
  knownSockets.set(socket, talk);
  client.streams += 1;
  client.hasStreams = true;
  const stream = { iteration: owner.iteration ?? null, leave: () => socket.close(GOING_AWAY) };
  agent.follow(stream);
  let hasMessage = false;
  socket.on('message', (data: unknown) => {
    owner.measured?.(metrics.received, sizeOf(data));
    if (!hasMessage) owner.measured?.(metrics.firstMessage, (client.now() - openedAt) * 1000);
    hasMessage = true;
  });
  socket.once('close', (code: number, reason: Buffer) => {
    client.streams -= 1;
    agent.unfollow(stream);
    const side = closedByClient.has(socket) ? 'client' : 'target';
    const closing = { code, side, clean: code !== LOST } as const;
    metrics.closed(owner, closing, client.now() - openedAt);
    if (isAbnormal(closing)) owner.troubled?.(name, `ws closed ${code} by the ${side}`, reason.toString());
  });
  return talk;
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  if (Array.isArray(data)) return data.reduce((sum: number, part) => sum + sizeOf(part), 0);
  if (data instanceof Blob) return data.size;
  return (data as ArrayBuffer | undefined)?.byteLength ?? String(data).length;
}
