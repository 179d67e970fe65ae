import type { RecordedRequest } from '../tape/exchange.ts';
import type { HeaderList } from '../tape/headers.ts';
import { quote } from './sources.ts';
import { literal } from './template.ts';
import type { Writing } from './writing.ts';

/** What the client or the connection says by itself, or what the test's own cookies say. */
const NOT_OURS =
  /^(host|connection|content-length|transfer-encoding|cookie|user-agent|accept-(encoding|language)|sec-|upgrade|http2-settings|trailer|pragma|cache-control|if-(none-match|modified-since)|priority|dnt|te|expect|proxy-|x-marteau|traceparent|keep-alive|purpose|alt-used|:)/i;

/** What is the same for all users, and no secret: an answer that has the same words in it is not where it comes from. */
const OF_THE_MESSAGE = /^(accept|content-|range$|if-|origin$|referer$|x-requested-with$)/;

/** `headers: { … }`; nothing where there are none. */
export function writeHeaders(requests: readonly RecordedRequest[], writing: Writing): string[] {
  const [request] = requests as [RecordedRequest];
  const names = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const lines = [...names].flatMap((name) => {
    const value = joined(request.headers, name);
    if (NOT_OURS.test(name) || (name === 'accept' && value === '*/*')) return [];
    const isOfPage = name === 'origin' || name === 'referer';
    if (isOfPage && (/^(GET|HEAD)$/.test(request.method) || value.includes('XXX'))) return [];
    const written = isOfPage
      ? ofOwnServer(value, request.origin)
      : writeValue(name, value, requests, writing);
    return [`${/^[a-z]\w*$/.test(name) ? name : quote(name)}: ${written}`];
  });
  return lines.length === 0 ? [] : [`headers: { ${lines.join(', ')} }`];
}

function writeValue(
  name: string,
  value: string,
  requests: readonly RecordedRequest[],
  { values }: Writing,
): string {
  if (OF_THE_MESSAGE.test(name) && !value.includes('XXX')) return quote(value);
  const [, scheme = ''] = name === 'authorization' ? (/^(\S+ )/.exec(value) ?? []) : [];
  const code = values.codeFor(
    name,
    requests.map(({ headers }) => joined(headers, name).slice(scheme.length)),
  );
  if (code === null) return quote(value);
  return scheme === '' ? code : `\`${literal(scheme)}\${${code}}\``;
}

/** Servers check where a form was sent from: that is the server under test, wherever it is. */
function ofOwnServer(value: string, origin: string | null): string {
  if (origin === null || (value !== origin && !value.startsWith(`${origin}/`))) return quote(value);
  const path = value.slice(origin.length);
  return path === '' ? 'new URL(target).origin' : `\`\${new URL(target).origin}${literal(path)}\``;
}

/** A header that is there several times means the same in one line (RFC 9110, 5.3). */
function joined(headers: HeaderList, name: string): string {
  return headers
    .filter(([each]) => each.toLowerCase() === name)
    .map(([, value]) => value)
    .join(', ');
}
