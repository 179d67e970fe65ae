import { isIP } from 'node:net';
import { addressKind } from './address-kind.ts';

/** A host as it stands in a URL, before a port: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** `10.0.0.7:6379`, `[::1]:6379`. */
export function hostAndPort(host: string, port: number): string {
  return `${hostInUrl(host)}:${port}`;
}

/**
 * Reads `127.0.0.1:6379`, `[::1]:6379`, `localhost:6379`; with an empty host `:6379`, and one of a port alone has none.
 * Null for what is no address.
 */
export function parseHostAndPort(written: string): { host: string | null; port: number } | null {
  const pattern = /^(?:(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/]*)):)?(\d{1,5})$/;
  const [, v6, name = null, digits = ''] = pattern.exec(written.trim()) ?? [];
  const port = Number(digits);
  return digits === '' || port > 65_535 ? null : { host: v6 ?? name, port };
}

/** Whether only this machine can be meant by a name or an address, IPv6 with or without its brackets. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(name) !== 0) return addressKind(name) === 'a loopback address';
  return name === 'localhost' || name.endsWith('.localhost');
}
