import type { Label } from '../count/labels.ts';
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

/** So many sets of headers are kept for one URL; a script that sends another one each time gains nothing by more. */
const MOST = 16;

interface Known {
  readonly method: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly template: RequestTemplate;
}

export class RequestTemplates {
  readonly #defaults: DefaultHeaders;
  readonly #agents: ReadonlyMap<string, string>;
  readonly #known = new WeakMap<Route, Known[]>();

  /** @param agents lines of User-Agent for hosts that get one of their own, by their names */
  constructor(defaults: DefaultHeaders, agents: ReadonlyMap<string, string> = new Map()) {
    this.#defaults = defaults;
    this.#agents = agents;
  }

  /** @throws TypeError for headers that cannot be sent */
  of(method: string, route: Route, given: RequestInit['headers']): RequestTemplate {
    if (given && Symbol.iterator in given) return this.make(method, route, readHeaders(given));
    const record = (given ?? none) as Record<string, string>;
    const known = this.#knownOf(route);
    const found = known.find((each) => each.method === method && isSame(each, record));
    if (found) return found.template;
    const names = Object.keys(record);
    const values = Object.values(record);
    const template = this.make(method, route, readHeaders(given));
    // Anything but text may say something else the next time.
    if (!values.every((value) => typeof value === 'string')) return template;
    if (known.length >= MOST) known.length = 0;
    known.push({ method, names, values, template });
    return template;
  }

  make(method: string, route: Route, headers: HeaderLines): RequestTemplate {
    const { names } = headers;
    const { host, hostname, proxy, tls } = route.origin;
    const lines = [`${method} ${route.path} HTTP/1.1`];
    if (!names.has('host')) lines.push(`host: ${host}`);
    if (proxy?.authorization && !tls) lines.push(`proxy-authorization: ${proxy.authorization}`);
    for (const [name, line] of this.#defaults) {
      if (names.has(name)) continue;
      lines.push((name === 'user-agent' && this.#agents.get(hostname)) || line);
    }
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

  #knownOf(route: Route): Known[] {
    const known = this.#known.get(route);
    if (known) return known;
    const made: Known[] = [];
    this.#known.set(route, made);
    return made;
  }
}

const none: Record<string, string> = {};

/** Whether a record of headers is the one that was seen before: compared name by name, and nothing is made for it. */
function isSame({ names, values }: Known, record: Record<string, string>): boolean {
  let n = 0;
  for (const name in record) {
    if (names[n] !== name || values[n] !== record[name]) return false;
    n += 1;
  }
  return n === names.length;
}
