import type { Fold } from '@marteau/measure';
import type { Label, Labels } from '../count/labels.ts';
import type { CookieScope } from './cookie-jar.ts';
import { refusedFetch } from './failure.ts';
import type { HttpProxy, ProxyFor } from './proxy.ts';

/** Where connections go. One object per origin and thread, so that it is compared by identity. */
export interface Origin {
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  /** What the Host header says. */
  readonly host: string;
  /** The Unix socket that it listens on; null for a host. */
  readonly socketPath: string | null;
  readonly proxy: HttpProxy | null;
}

/** A URL, as far as requests to it are alike. */
export interface Route {
  readonly origin: Origin;
  /** The URL without its fragment. */
  readonly href: string;
  /** Path and query; the whole URL where a proxy is asked for it. */
  readonly path: string;
  readonly scope: CookieScope;
  /** Whether it is a GraphQL endpoint, whose requests are told apart by their operation. */
  readonly isGraphql: boolean;
  label(method: string): Label;
}

/** A script may make up URLs without end; what is forgotten is only read anew. */
const MOST_ROUTES = 5000;

/** `http+unix://%2Frun%2Fapp.sock/path`: a server that listens on a Unix socket. */
const UNIX = 'http+unix:';

/** Reads URLs, each once. */
export class Routes {
  /** What relative URLs are relative to. */
  readonly base: string | undefined;
  readonly #fold: Fold;
  readonly #labels: Labels;
  readonly #proxyFor: ProxyFor;
  readonly #routes = new Map<string, Route>();
  readonly #origins = new Map<string, Origin>();

  /** @param base what relative URLs are relative to */
  constructor(labels: Labels, fold: Fold, base?: string, proxyFor: ProxyFor = () => null) {
    this.#labels = labels;
    this.#fold = fold;
    this.base = base;
    this.#proxyFor = proxyFor;
  }

  /** @throws TypeError as fetch does for a URL that it cannot use */
  of(url: string): Route {
    const known = this.#routes.get(url);
    if (known) return known;
    const route = this.#read(url);
    if (this.#routes.size >= MOST_ROUTES) this.#routes.clear();
    this.#routes.set(url, route);
    return route;
  }

  #read(text: string): Route {
    const url = URL.parse(text, this.base);
    if (!url)
      throw new TypeError(
        `Failed to parse URL from ${text}${this.base ? '' : ': a relative URL needs a target'}`,
      );
    if (url.protocol !== 'http:' && url.protocol !== 'https:' && url.protocol !== UNIX) {
      throw refusedFetch(`${url.protocol} is not http:, https: or ${UNIX}`);
    }
    if (url.username || url.password) {
      throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${url.host}`);
    }
    url.hash = '';
    const labels = new Map<string, Label>();
    const secure = url.protocol === 'https:';
    const origin = this.#originOf(url);
    return {
      origin,
      href: url.href,
      path: origin.proxy && !secure ? url.href : (url.pathname || '/') + queryOf(url),
      scope: { hostname: origin.hostname, pathname: url.pathname || '/', secure },
      isGraphql: /\/graphql\/?$/.test(url.pathname),
      label: (method) => {
        const label = labels.get(method) ?? this.#labels.of('request', this.#labelOf(method, url));
        labels.set(method, label);
        return label;
      },
    };
  }

  #labelOf(method: string, { pathname, searchParams }: URL): string {
    const label = this.#fold(method, pathname || '/');
    const operation = searchParams.get('operationName');
    return operation && /\/graphql\/?$/.test(pathname) ? `${label} ${operation}` : label;
  }

  #originOf(url: URL): Origin {
    const key = `${url.protocol}//${url.host}`;
    const known = this.#origins.get(key);
    if (known) return known;
    const origin = url.protocol === UNIX ? unixOrigin(url) : hostOrigin(url, this.#proxyFor(url));
    this.#origins.set(key, origin);
    return origin;
  }
}

/** With the `?` of an empty one, which `search` leaves out. */
function queryOf({ search, href }: URL): string {
  return search === '' && href.endsWith('?') ? '?' : search;
}

function hostOrigin(url: URL, proxy: HttpProxy | null): Origin {
  const tls = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (tls ? 443 : 80);
  return { hostname, port, tls, host: url.host, socketPath: null, proxy };
}

function unixOrigin({ host }: URL): Origin {
  const socketPath = decodeURIComponent(host);
  return { hostname: 'localhost', port: 0, tls: false, host: 'localhost', socketPath, proxy: null };
}
