import type { Client } from './client.ts';
import type { Exchange } from './exchange.ts';
import { refusedFetch } from './failure.ts';
import type { OutgoingRequest } from './request.ts';
import { isReplayable } from './request-body.ts';
import { withoutHeaders } from './request-headers.ts';

const MOST_HOPS = 20;
const redirects = new Set([301, 302, 303, 307, 308]);
const bodyHeaders = ['content-encoding', 'content-language', 'content-location', 'content-type'];
const credentials = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/** A Location that was sent in UTF-8, as browsers read it; any other stays as it is. */
function asUtf8(latin1: string): string {
  if (/^[\0-\x7f]*$/.test(latin1)) return latin1;
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

/**
 * The request that an answer redirects to; null when it is the answer itself. (Fetch standard, "HTTP-redirect fetch".)
 * @throws TypeError when it may not be followed
 */
export function redirected(
  client: Client,
  { request, head }: Exchange,
  hops: number,
): OutgoingRequest | null {
  const { template, body, redirect } = request;
  const { method, route: from, headers: sent } = template;
  const { status, lines } = head!;
  if (!redirects.has(status) || redirect === 'manual') return null;
  if (redirect === 'error') throw refusedFetch(`unexpected redirect (${status})`);
  const location = /^location:[\t ]*(.*?)[\t ]*\r$/im.exec(lines)?.[1];
  if (location === undefined) return null;
  const target = URL.parse(asUtf8(location), from.href);
  if (!target) throw refusedFetch(`redirect to ${JSON.stringify(location)}, which is no URL`);
  if (hops >= MOST_HOPS) throw refusedFetch(`redirected more than ${MOST_HOPS} times`);
  const toGet =
    (status === 303 && method !== 'GET' && method !== 'HEAD') ||
    ((status === 301 || status === 302) && method === 'POST');
  if (!toGet && !isReplayable(body)) {
    throw refusedFetch('a request whose body is a stream cannot be redirected');
  }
  if (target.username || target.password) throw refusedFetch('redirect to a URL that includes credentials');
  const route = client.routes.of(target.href);
  const foreign = route.origin === from.origin ? [] : credentials;
  const headers = withoutHeaders(sent, [...(toGet ? bodyHeaders : []), ...foreign]);
  const next = client.templates.make(toGet ? 'GET' : method, route, headers);
  return { ...request, template: next, label: next.label, body: toGet ? null : body };
}
