import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '@marteau/net';
import { MarteauError } from '@marteau/shared';

/**
 * Keeps out who has no business here: a browser that a foreign page sends, a name that only pretends to be this machine
 * (DNS rebinding), and, where a token is set, whoever does not show it.
 * @throws chaos-refused
 */
export function guard(headers: IncomingHttpHeaders, token: string | undefined): void {
  const { origin, host = '', authorization = '' } = headers;
  const site = headers['sec-fetch-site'];
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && originHost(origin) !== host);
  if (isForeign || /^Mozilla\//.test(headers['user-agent'] ?? '')) {
    throw refused('Browsers are refused, because any page could send them here. Use curl or a client.');
  }
  if (token !== undefined) {
    if (!equal(authorization, `Bearer ${token}`)) {
      throw refused('The token is missing or wrong. Send it as Authorization: Bearer TOKEN.');
    }
  } else if (!isLoopback(host.replace(/:\d+$/, ''))) {
    throw refused(
      `This server is not called '${host}'. Call it by 127.0.0.1 or localhost, or start it with a token.`,
    );
  }
}

function originHost(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const refused = (sentence: string) => new MarteauError('chaos-refused', { sentence });
