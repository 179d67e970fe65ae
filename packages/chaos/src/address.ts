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
  const [, v6, name = '', digits = ''] =
    /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65535) {
    throw wrong(
      `'${written}' is not an address. Write HOST:PORT as in 127.0.0.1:6379, [::1]:6379 for IPv6, or unix:/run/redis.sock.`,
    );
  }
  return { host: v6 ?? (name === '' ? '0.0.0.0' : name), port };
}

/** The address as it is written. */
export function formatAddress(address: Address): string {
  if ('path' in address) return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** Whether only this machine can reach the address. */
export function isLoopback(address: Address): boolean {
  if ('path' in address) return true;
  return /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/i.test(address.host);
}
