import type { Client } from './client.ts';
import { type RequestBody, readRequestBody } from './request-body.ts';
import type { RequestTemplate } from './request-template.ts';

/** What fetch takes as its first argument. */
export type FetchInput = Parameters<typeof fetch>[0];

type Redirect = NonNullable<RequestInit['redirect']>;

/** One request as the script asked for it, before it is on a connection. */
export interface OutgoingRequest {
  readonly template: RequestTemplate;
  readonly body: RequestBody | null;
  readonly redirect: Redirect;
  readonly signal: AbortSignal | null;
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const normalised = /^(?:get|head|post|put|delete|options)$/i;
const forbidden = /^(?:connect|trace|track)$/i;
const usual = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/**
 * Reads what fetch was called with; at once, unless the body has to be waited for.
 * @throws TypeError as fetch does, or for what this fetch does not do
 */
export function readRequest(
  client: Client,
  input: FetchInput,
  init: RequestInit = {},
): OutgoingRequest | Promise<OutgoingRequest> {
  const given = input instanceof Request ? input : null;
  const method = readMethod(init.method ?? given?.method ?? 'GET');
  refuseUnsupported(init);
  const route = client.routes.of(given ? given.url : String(input));
  const template = client.templates.of(method, route, init.headers ?? given?.headers);
  const redirect = init.redirect ?? given?.redirect ?? 'follow';
  const signal = init.signal === undefined ? (given?.signal ?? null) : init.signal;
  const body = readRequestBody(init.body === undefined ? (given?.body ? given : null) : init.body);
  if (body && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  if (body instanceof Promise) return body.then((read) => ({ template, body: read, redirect, signal }));
  return { template, body, redirect, signal };
}

function readMethod(method: string): string {
  if (usual.has(method)) return method;
  if (!token.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  if (forbidden.test(method)) throw new TypeError(`'${method}' HTTP method is unsupported.`);
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
