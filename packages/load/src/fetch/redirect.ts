import type { Client } from './client.ts';
import type { Exchange } from './exchange.ts';
import { type OutgoingRequest, request } from './request.ts';
import { withoutHeaders } from './request-headers.ts';

const MOST_HOPS = 20;
const redirects = new Set([301, 302, 303, 307, 308]);
const bodyHeaders = ['content-encoding', 'content-language', 'content-location', 'content-type'];
const credentials = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/**
 * The request that an answer redirects to; null when it is the answer itself. (Fetch standard, "HTTP-redirect fetch".)
 * @throws TypeError when it may not be followed
 */
export function redirected(
  client: Client,
  { request: before, head }: Exchange,
  hops: number,
): OutgoingRequest | null {
  const { status, lines } = head!;
  if (!redirects.has(status) || before.redirect === 'manual') return null;
  if (before.redirect === 'error') throw new TypeError(`fetch failed: unexpected redirect (${status})`);
  const location = /^location:[\t ]*(.*?)[\t ]*\r$/im.exec(lines)?.[1];
  if (location === undefined) return null;
  const target = URL.parse(location, before.route.href);
  if (!target) throw new TypeError(`fetch failed: redirect to ${JSON.stringify(location)}, which is no URL`);
  if (hops >= MOST_HOPS) throw new TypeError(`fetch failed: redirected more than ${MOST_HOPS} times`);
  const route = client.routes.of(target.href);
  const toGet =
    (status === 303 && before.method !== 'GET' && before.method !== 'HEAD') ||
    ((status === 301 || status === 302) && before.method === 'POST');
  if (
    !toGet &&
    before.body &&
    typeof before.body.bytes !== 'string' &&
    !(before.body.bytes instanceof Uint8Array)
  ) {
    throw new TypeError('fetch failed: a request whose body is a stream cannot be redirected');
  }
  const foreign = route.origin !== before.route.origin;
  const headers = withoutHeaders(before.headers, [
    ...(toGet ? bodyHeaders : []),
    ...(foreign ? credentials : []),
  ]);
  return request(client, {
    ...before,
    route,
    headers,
    ...(toGet ? { method: 'GET', body: null } : {}),
  });
}
