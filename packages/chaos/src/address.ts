import { hostAndPort, isLoopback as isLoopbackHost, parseHostAndPort } from '@marteau/net';
import { wrong } from './wrong.ts';

/** Where to listen or connect: TCP over IPv4 or IPv6, or a Unix socket. */
export type Address = { host: string; port: number } | { path: string };

/**
 * Reads `127.0.0.1:6379`, `[::1]:6379`, `localhost:6379`, `:6379` (every interface) or `unix:/run/redis.sock`.
 * @throws chaos-wrong
 */
export function parseAddress(written: string): Address {
  const text = written.trim();
  if (text.startsWith('unix:') && text.length > 5) return { path: text.slice(5) };
  const { host = null, port = 0 } = parseHostAndPort(text) ?? {};
  if (host === null) {
    throw wrong(
      `'${written}' is not an address. Write HOST:PORT as in 127.0.0.1:6379, [::1]:6379 for IPv6, or unix:/run/redis.sock.`,
    );
  }
  return { host: host || '0.0.0.0', port };
}

/** The address as it is written. */
export function formatAddress(address: Address): string {
  if ('path' in address) return `unix:${address.path}`;
  return hostAndPort(address.host, address.port);
}

/** Whether only this machine can reach the address. */
export function isLoopback(address: Address): boolean {
  return 'path' in address || isLoopbackHost(address.host);
}
