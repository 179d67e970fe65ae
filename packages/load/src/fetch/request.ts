import type { Client } from './client.ts';
import { type RequestBody, readRequestBody } from './request-body.ts';
import { type HeaderLines, readHeaders } from './request-headers.ts';
import type { Route } from './route.ts';

/** What fetch takes as its first argument. */
export type FetchInput = Parameters<typeof fetch>[0];

type Redirect = NonNullable<RequestInit['redirect']>;

/** One request as the script asked for it, before it is on a connection. */
export interface OutgoingRequest {
  readonly method: string;
  readonly route: Route;
  readonly headers: HeaderLines;
  readonly body: RequestBody | null;
  readonly redirect: Redirect;
  readonly signal: AbortSignal | null;
  /** Request line and header lines, all but those that change from one sending to the next. */
  readonly head: string;
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const normalised = /^(?:get|head|post|put|delete|options)$/i;

/**
 * Reads what fetch was called with.
 * @throws TypeError as fetch does, or for what this fetch does not do
 */
export async function readRequest(
  client: Client,
  input: FetchInput,
  init: RequestInit = {},
): Promise<OutgoingRequest> {
  const given = input instanceof Request ? input : null;
  const route = client.routes.of(given ? given.url : String(input));
  refuseUnsupported(init);
  const method = readMethod(init.method ?? given?.method ?? 'GET');
  const source = init.body === undefined ? given : null;
  const body = source?.body
    ? { bytes: Buffer.from(await source.arrayBuffer()), type: null }
    : await readRequestBody(init.body ?? null);
  if (body && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  const headers = readHeaders(init.headers ?? given?.headers);
  const signal = init.signal === undefined ? (given?.signal ?? null) : init.signal;
  return request(client, {
    method,
    route,
    headers,
    body,
    redirect: init.redirect ?? given?.redirect ?? 'follow',
    signal,
  });
}

/** Makes the head of a request whose parts are known: of a plain GET, of a redirect's next hop. */
export function request(client: Client, parts: Omit<OutgoingRequest, 'head'>): OutgoingRequest {
  const { method, route, headers, body } = parts;
  const lines = [`${method} ${route.path} HTTP/1.1`];
  if (!headers.names.has('host')) lines.push(`host: ${route.origin.host}`);
  for (const [name, line] of client.defaultHeaders) if (!headers.names.has(name)) lines.push(line);
  lines.push(...headers.lines);
  if (body?.type && !headers.names.has('content-type')) lines.push(`content-type: ${body.type}`);
  const length = lengthOf(body);
  if (length === null) lines.push('transfer-encoding: chunked');
  else if (length > 0 || body || method === 'POST' || method === 'PUT' || method === 'PATCH')
    lines.push(`content-length: ${length}`);
  return { ...parts, head: `${lines.join('\r\n')}\r\n` };
}

/** Bytes of the body; null where it is a stream. */
function lengthOf(body: RequestBody | null): number | null {
  if (!body) return 0;
  const { bytes } = body;
  if (typeof bytes === 'string') return Buffer.byteLength(bytes);
  return bytes instanceof Uint8Array ? bytes.length : null;
}

function readMethod(method: string): string {
  if (!token.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  if (/^(?:connect|trace|track)$/i.test(method))
    throw new TypeError(`'${method}' HTTP method is unsupported.`);
  return normalised.test(method) ? method.toUpperCase() : method;
}

function refuseUnsupported(init: RequestInit): void {
  if ('dispatcher' in init && init.dispatcher) {
    throw new TypeError(
      'fetch under load has no dispatchers: connections belong to the user. Leave `dispatcher` out.',
    );
  }
  if (init.integrity) {
    throw new TypeError(
      'fetch under load does not check `integrity`. Leave it out, or compare the body in the test.',
    );
  }
}
