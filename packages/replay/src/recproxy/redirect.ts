import { Socket } from 'node:net';
import { direct } from '../upstream/direct.ts';

/** `api.twitter.com:443` to the local port that stands in for it. */
const redirected = new Map<string, number>();
/** What this process connected to stand-ins, so that nobody holds a connection to one that is gone. */
const sockets = new Map<string, Set<Socket>>();

interface ConnectOptions {
  host?: string;
  port?: number | string;
  [direct]?: boolean;
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;
const connect = Socket.prototype.connect as unknown as Connect;

/**
 * Connects where it was asked to, but for redirected hosts. Everything that speaks TCP in this process comes by here:
 * fetch, node:http, node:https, undici, and what is built upon them.
 */
const redirectingConnect: Connect = function (...args) {
  // node:net hands over [options, callback] as one array that it has normalised before.
  const normalised = Array.isArray(args[0]) ? args[0] : args;
  const options = normalised[0] as ConnectOptions | undefined;
  if (typeof options !== 'object' || options === null || options[direct]) return connect.apply(this, args);
  const key = `${options.host ?? 'localhost'}:${options.port}`.toLowerCase();
  const port = redirected.get(key);
  if (port === undefined) return connect.apply(this, args);
  normalised[0] = { ...options, host: '127.0.0.1', port, lookup: undefined, autoSelectFamily: false };
  const held = sockets.get(key);
  held?.add(this);
  this.once('close', () => held?.delete(this));
  return connect.apply(this, args);
};

/**
 * Sends what this process connects to a host and port to a local port instead, until the answer is called.
 * @throws Error when the host is redirected already
 */
export function redirect(host: string, port: number, to: number): () => void {
  const key = `${host}:${port}`.toLowerCase();
  if (redirected.has(key)) throw new Error(`${key} has a stand-in already. Stop it first.`);
  if (redirected.size === 0) Socket.prototype.connect = redirectingConnect as unknown as Socket['connect'];
  redirected.set(key, to);
  sockets.set(key, new Set());
  return () => {
    redirected.delete(key);
    for (const socket of sockets.get(key) ?? []) socket.destroy();
    sockets.delete(key);
    if (redirected.size === 0) Socket.prototype.connect = connect as unknown as Socket['connect'];
  };
}
