import type { Label, Labels } from '../measure/labels.ts';
import type { CookieScope } from './cookie-jar.ts';
import type { Fold } from './label.ts';

/** Where connections go. One object per origin and thread, so that it is compared by identity. */
export interface Origin {
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  /** What the Host header says. */
  readonly host: string;
}

/** A URL, as far as requests to it are alike. */
export interface Route {
  readonly origin: Origin;
  /** The URL without its fragment. */
  readonly href: string;
  /** Path and query. */
  readonly path: string;
  readonly scope: CookieScope;
  label(method: string): Label;
}

/** A script may make up URLs without end; what is forgotten is only read anew. */
const MOST_ROUTES = 5000;

/** Reads URLs, each once. */
export class Routes {
  readonly #base: string | undefined;
  readonly #fold: Fold;
  readonly #labels: Labels;
  readonly #routes = new Map<string, Route>();
  readonly #origins = new Map<string, Origin>();

  /** @param base what relative URLs are relative to */
  constructor(labels: Labels, fold: Fold, base?: string) {
    this.#labels = labels;
    this.#fold = fold;
    this.#base = base;
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
    const url = URL.parse(text, this.#base);
    if (!url)
      throw new TypeError(
        `Failed to parse URL from ${text}${this.#base ? '' : ': a relative URL needs a target'}`,
      );
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new TypeError(`fetch failed: ${url.protocol} is not http: or https:`);
    }
    if (url.username || url.password) {
      throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${url.host}`);
    }
    url.hash = '';
    const labels = new Map<string, Label>();
    const secure = url.protocol === 'https:';
    return {
      origin: this.#originOf(url),
      href: url.href,
      path: url.pathname + url.search,
      scope: { hostname: url.hostname, pathname: url.pathname, secure },
      label: (method) => {
        const label = labels.get(method) ?? this.#labels.of('request', this.#fold(method, url.pathname));
        labels.set(method, label);
        return label;
      },
    };
  }

  #originOf(url: URL): Origin {
    const known = this.#origins.get(url.origin);
    if (known) return known;
    const tls = url.protocol === 'https:';
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const origin = { hostname, port: Number(url.port) || (tls ? 443 : 80), tls, host: url.host };
    this.#origins.set(url.origin, origin);
    return origin;
  }
}
