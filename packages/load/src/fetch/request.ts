import type { Label } from '../count/labels.ts';
import type { Client } from './client.ts';
import { refusedFetch } from './failure.ts';
import { type RequestBody, readRequestBody } from './request-body.ts';
import { conditions, withHeaders } from './request-headers.ts';
import type { RequestTemplate } from './request-template.ts';
import type { Route } from './route.ts';

const LONGEST_QUERY = 100_000;

/** What fetch takes as its first argument. */
export type FetchInput = Parameters<typeof fetch>[0];

type Redirect = NonNullable<RequestInit['redirect']>;

/** One request as the script asked for it, before it is on a connection. */
export interface OutgoingRequest {
  readonly template: RequestTemplate;
  /** What it is counted under. */
  readonly label: Label;
  readonly body: RequestBody | null;
  readonly redirect: Redirect;
  readonly signal: AbortSignal | null;
  /** Whether it sends and takes cookies. */
  readonly cookies: boolean;
  /** An EventSource asks, and measures by itself what comes. */
  readonly isEventSource?: boolean;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const NORMALISED = /^(?:get|head|post|put|delete|options)$/i;
const FORBIDDEN = /^(?:connect|trace|track)$/i;
const usual = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/** What is looked at here one by one; a request with anything else is shown to Node's own Request first. */
const known = new Set(['method', 'headers', 'body', 'signal', 'redirect', 'duplex', 'credentials']);
const redirects = new Set<unknown>(['follow', 'manual', 'error']);
const credentials = new Set<unknown>(['omit', 'same-origin', 'include']);

/**
 * Reads what fetch was called with; at once, unless the body has to be waited for.
 * @throws TypeError as fetch does, or for what this fetch does not do
 */
export function readRequest(
  client: Client,
  input: FetchInput,
  initial: RequestInit | null = {},
): OutgoingRequest | Promise<OutgoingRequest> {
  const init = initial ?? {};
  const given = typeof input !== 'string' && input instanceof Request ? input : null;
  const method = readMethod(init.method ?? given?.method ?? 'GET');
  const route = client.routes.of(given ? given.url : String(input));
  refuseUnsupported(init, route.href);
  const template = templateFor(client, method, route, init, given);
  const redirect = init.redirect ?? given?.redirect ?? 'follow';
  const signal = init.signal === undefined ? (given?.signal ?? null) : init.signal;
  const cookies = (init.credentials ?? given?.credentials) !== 'omit';
  const body = readRequestBody(init.body === undefined ? (given?.body ? given : null) : init.body);
  if (body && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  const finish = (read: RequestBody | null): OutgoingRequest => {
    refuseLength(template, read);
    const label = labelOf(client, template, read);
    return { template, label, body: read, redirect, signal, cookies };
  };
  if (!(body instanceof Promise)) {
    if (body?.length === null && init.duplex !== 'half')
      throw new TypeError('RequestInit: duplex option is required when sending a body.');
    return finish(body);
  }
  return body.then(finish);
}

const ofReload = { pragma: 'no-cache', 'cache-control': 'no-cache' };

/** What `cache` and `referrer`, conditions and ranges mean for the headers, as in the Fetch standard's HTTP fetches. */
function templateFor(
  client: Client,
  method: string,
  route: Route,
  init: RequestInit,
  given: Request | null,
): RequestTemplate {
  const template = client.templates.of(method, route, init.headers ?? given?.headers);
  const isPlain = given === null && init.cache === undefined && init.referrer === undefined;
  if (isPlain && !template.headers.asksForMore) return template;
  const { names } = template.headers;
  const added: Record<string, string> = {};
  const cache = init.cache ?? given?.cache ?? 'default';
  const isConditional = cache === 'default' && conditions.some((name) => names.has(name));
  if (cache === 'no-store' || cache === 'reload' || isConditional) Object.assign(added, ofReload);
  if (cache === 'no-cache') added['cache-control'] = 'max-age=0';
  if (names.has('range')) added['accept-encoding'] = 'identity';
  const referrer = referrerOf(route, init, given);
  if (referrer !== null) added.referer = referrer;
  const missing = Object.entries(added).filter(([name]) => !names.has(name));
  if (missing.length === 0) return template;
  return client.templates.make(method, route, withHeaders(template.headers, missing));
}

/** By the default policy: whole to the same origin, its origin alone to another one, nothing from TLS to none. */
function referrerOf({ href }: Route, init: RequestInit, given: Request | null): string | null {
  const written = init.referrer ?? given?.referrer ?? 'about:client';
  const policy = init.referrerPolicy || given?.referrerPolicy || 'strict-origin-when-cross-origin';
  const from = written === '' || written.startsWith('about:') ? null : URL.parse(written, href);
  const to = URL.parse(href)!;
  if (from === null || policy === 'no-referrer') return null;
  from.hash = from.username = from.password = '';
  const isSame = from.origin === to.origin;
  const isDowngrade = from.protocol === 'https:' && to.protocol !== 'https:';
  if (isDowngrade && /^(?:no-referrer-when-downgrade|strict-)/.test(policy)) return null;
  // Node has no origin of its own to compare with where this asks for the same one.
  if (policy === 'same-origin') return null;
  const isWhole =
    /^(?:unsafe-url|no-referrer-when-downgrade)$/.test(policy) ||
    (isSame && policy === 'strict-origin-when-cross-origin');
  return isWhole ? from.href : `${from.origin}/`;
}

function labelOf({ labels }: Client, { label, route }: RequestTemplate, body: RequestBody | null): Label {
  const operation = route.isGraphql ? graphqlOperation(body) : null;
  return operation === null ? label : labels.of('request', `${label.name} ${operation}`);
}

function readMethod(method: string): string {
  if (usual.has(method)) return method;
  if (!TOKEN.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  if (FORBIDDEN.test(method)) throw new TypeError(`'${method}' HTTP method is unsupported.`);
  return NORMALISED.test(method) ? method.toUpperCase() : method;
}

/** A length that is not the body's would leave the connection out of step. */
function refuseLength({ headers }: RequestTemplate, body: RequestBody | null): void {
  const { contentLength } = headers;
  if (contentLength === null || body?.length === null || Number(contentLength) === (body?.length ?? 0))
    return;
  throw refusedFetch(
    `the 'content-length' header says ${contentLength}, and the body has ${body?.length ?? 0} bytes. Leave the header out.`,
    'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  );
}

function refuseUnsupported(init: RequestInit, href: string): void {
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
  const { signal, redirect, credentials: given } = init;
  if (signal && !(signal instanceof AbortSignal))
    throw new TypeError('RequestInit: Expected signal to be an instance of AbortSignal.');
  if (redirect !== undefined && !redirects.has(redirect))
    throw new TypeError(`RequestInit: '${redirect}' is not a valid redirect: follow, manual or error.`);
  if (given !== undefined && !credentials.has(given))
    throw new TypeError(`RequestInit: '${given}' is not a valid credentials: omit, same-origin or include.`);
  for (const name in init) {
    if (known.has(name)) continue;
    const { headers: _, body: _body, signal: _signal, method: _method, ...rest } = init;
    new Request(href.replace(/^http\+unix:/, 'http:'), rest);
    return;
  }
}

/**
 * The name of the operation that a GraphQL request asks for: its `operationName`, else the name in its query. Null
 * where it has none, or is no such request.
 */
function graphqlOperation(body: RequestBody | null): string | null {
  if (!body || typeof body.bytes !== 'string' || body.bytes.length > LONGEST_QUERY) return null;
  const { operationName, query } = parse(body.bytes) ?? {};
  if (typeof operationName === 'string' && operationName !== '') return operationName;
  if (typeof query !== 'string') return null;
  return /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? null;
}

function parse(text: string): { operationName?: unknown; query?: unknown } | null {
  try {
    return JSON.parse(text) as { operationName?: unknown; query?: unknown } | null;
  } catch {
    return null;
  }
}
