import type { RequestBody } from '../request-body.ts';
import type { RequestTemplate } from '../request-template.ts';
import type { Keep } from './hpack/encoder.ts';

/** A field of a request: name in lower case, value as latin1, and how it goes into the table. */
export interface RequestField {
  readonly name: string;
  readonly value: string;
  readonly keep: Keep;
}

/** What RFC 9113 (8.2.2) has no HTTP/2 message carry: a matter of connections of HTTP/1.1. */
const ofConnection = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'host',
]);

/** Mostly another one each time, so no good in a table (as nghttp2 has it, too). */
const passing = new Set([
  ':path',
  'content-length',
  'if-modified-since',
  'if-none-match',
  'range',
  'traceparent',
]);
/** RFC 7541, 7.1.3: a secret could be guessed bit by bit, if somebody on the way kept it in a table. */
const secret = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** Bodies are told of even where there is none (RFC 9110, 8.6). */
const HAS_BODY = /^(?:POST|PUT|PATCH)$/;

/** What RFC 9113 (6.5.2) adds to the octets of each field. */
const OVERHEAD = 32;

/** What all requests of a template say, and how much it is as it counts against a server's limit, bytes. */
export interface RequestHead {
  readonly fields: readonly RequestField[];
  readonly size: number;
}

const known = new WeakMap<RequestTemplate, RequestHead>();

/** Made once for each template; pseudo-header fields come first (RFC 9113, 8.3.1). */
export function headOf(template: RequestTemplate): RequestHead {
  const before = known.get(template);
  if (before) return before;
  const fields = makeFields(template);
  const made = {
    fields,
    size: fields.reduce((sum, { name, value }) => sum + name.length + value.length + OVERHEAD, 0),
  };
  known.set(template, made);
  return made;
}

function makeFields({ method, route, head }: RequestTemplate): RequestField[] {
  const { pathname, search } = new URL(route.href);
  const path = route.origin.proxy && !route.origin.tls ? pathname + search : route.path;
  const lines = head.split('\r\n').slice(1, -1);
  const pairs = lines.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const,
  );
  const authority = pairs.find(([name]) => name === 'host')?.[1] ?? route.origin.host;
  const fields: (readonly [string, string])[] = [
    [':method', method],
    [':scheme', route.origin.tls ? 'https' : 'http'],
    [':authority', authority],
    [':path', path],
    ...pairs.filter(([name, value]) => !ofConnection.has(name) && (name !== 'te' || value === 'trailers')),
  ];
  return fields
    .filter(([name]) => name !== 'proxy-authorization' || !route.origin.proxy)
    .map(([name, value]) => ({ name, value, keep: keepOf(name, value) }));
}

function keepOf(name: string, value: string): Keep {
  if (secret.has(name)) return 'never';
  return passing.has(name) || value.length > 1024 ? 'pass' : 'keep';
}

/** The fields that tell of a body. */
export function bodyFields(body: RequestBody | null, { method, hasType }: RequestTemplate): RequestField[] {
  if (body === null) return HAS_BODY.test(method) ? [length(0)] : [];
  return [
    ...(body.type !== null && !hasType
      ? [{ name: 'content-type', value: body.type, keep: 'keep' as const }]
      : []),
    ...(body.length === null ? [] : [length(body.length)]),
  ];
}

function length(bytes: number): RequestField {
  return { name: 'content-length', value: String(bytes), keep: 'pass' };
}
