import { parseHostAndPort } from '@marteau/net';
import { wrong } from '../wrong.ts';

/**
 * Reads `127.0.0.1:8080`, `[::1]:0`, `:8080` (every interface), or a port alone (this machine only).
 * @throws replay-wrong
 */
export function parseListen(written: string): { host: string; port: number } {
  const read = parseHostAndPort(written);
  if (read === null) {
    throw wrong(
      `'${written}' is no address to listen on. Write HOST:PORT as in 127.0.0.1:8080; port 0 takes a free one.`,
    );
  }
  const { host, port } = read;
  return { host: host === null ? '127.0.0.1' : host || '0.0.0.0', port };
}

/** `host:port` of an origin: the same for all its spellings, as limits and counts go by it. */
export function placeOf(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  return `${hostname.replace(/(?<=.)\.$/, '')}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/**
 * Reads the address of a server: `https://api.example.com`, with a port or without.
 * @throws replay-wrong
 */
export function parseServer(written: string): URL {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw wrong(`'${written}' is not the address of a server. Write it as https://api.example.com.`);
  if (url.username !== '' || url.password !== '')
    throw wrong(
      `The address of ${url.host} holds a user name or a password. Take them out; send them as a header.`,
    );
  if (url.pathname !== '/' || url.search !== '')
    throw wrong(`'${written}' names a page. A whole server is recorded: write ${url.origin}.`);
  return url;
}
