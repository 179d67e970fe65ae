import type { Label } from '../measure/labels.ts';
import { type HeaderLines, readHeaders } from './request-headers.ts';
import type { Route } from './route.ts';

/** What all requests of one method, URL and set of headers have in common, made once. */
export interface RequestTemplate {
  readonly method: string;
  readonly route: Route;
  readonly headers: HeaderLines;
  readonly label: Label;
  /** Request line and header lines, each ended by CRLF; what tells of the body, and what changes every time, follows. */
  readonly head: string;
  /** Whether the script itself sets these. */
  readonly hasCookie: boolean;
  readonly hasTrace: boolean;
  readonly hasType: boolean;
}

/** Header lines that every request has, unless the script sets them: name → line. */
export type DefaultHeaders = ReadonlyMap<string, string>;

const MOST = 2000;

export class RequestTemplates {
  readonly #defaults: DefaultHeaders;
  readonly #known = new Map<string, RequestTemplate>();

  constructor(defaults: DefaultHeaders) {
    this.#defaults = defaults;
  }

  /** @throws TypeError for headers that cannot be sent */
  of(method: string, route: Route, given: RequestInit['headers']): RequestTemplate {
    const key = `${method} ${route.href}\n${keyOf(given)}`;
    const known = this.#known.get(key);
    if (known) return known;
    const made = this.make(method, route, readHeaders(given));
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }

  make(method: string, route: Route, headers: HeaderLines): RequestTemplate {
    const { names } = headers;
    const lines = [`${method} ${route.path} HTTP/1.1`];
    if (!names.has('host')) lines.push(`host: ${route.origin.host}`);
    for (const [name, line] of this.#defaults) if (!names.has(name)) lines.push(line);
    lines.push(...headers.lines, '');
    return {
      method,
      route,
      headers,
      label: route.label(method),
      head: lines.join('\r\n'),
      hasCookie: names.has('cookie'),
      hasTrace: names.has('traceparent'),
      hasType: names.has('content-type'),
    };
  }
}

/** The headers as given, in one string; line ends cannot be mistaken, because no header may have them. */
function keyOf(given: RequestInit['headers']): string {
  if (!given) return '';
  let key = '';
  if (Symbol.iterator in given) {
    for (const [name, value] of given as Iterable<[string, string]>) key += `${name}:${value}\n`;
  } else {
    const record = given as Record<string, string>;
    for (const name in record) if (Object.hasOwn(record, name)) key += `${name}:${record[name]}\n`;
  }
  return key;
}
