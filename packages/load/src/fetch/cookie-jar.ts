import { isLoopback } from '@marteau/net';
import { getPublicSuffix } from 'tldts';
import { cookieDate } from './cookie-date.ts';

/** RFC 6265bis, 5.6: name and value together, and each attribute; bytes. */
const LONGEST_COOKIE = 4096;
const LONGEST_ATTRIBUTE = 1024;

/** One cookie as a browser keeps it (RFC 6265bis, 5.5). */
interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Only this host, no subdomain of it: no Domain attribute was given. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** ms since 1970; infinite for the session. */
  readonly expires: number;
}

/** Where a request goes, as far as cookies care. */
export interface CookieScope {
  readonly hostname: string;
  /** Without the query. */
  readonly pathname: string;
  readonly secure: boolean;
}

/** The cookies of one user. */
export class CookieJar {
  readonly #cookies: Cookie[];
  /** Lines that were made since the cookies changed; only where none of them expires. */
  readonly #lines = new Map<CookieScope, string>();
  #expires = false;

  constructor(cookies: readonly Cookie[] = []) {
    this.#cookies = [...cookies];
    this.#expires = cookies.some(({ expires }) => expires !== Number.POSITIVE_INFINITY);
  }

  /** The same cookies, apart from this jar. */
  copy(): CookieJar {
    return new CookieJar(this.#cookies);
  }

  /** Takes one Set-Cookie line; what a browser refuses is ignored. */
  set(line: string, scope: CookieScope, now = Date.now()): void {
    const cookie = readCookie(line, scope, now);
    if (!cookie) return;
    const old = this.#cookies.findIndex(
      ({ name, domain, path }) => name === cookie.name && domain === cookie.domain && path === cookie.path,
    );
    if (this.#cookies[old] === cookie) return;
    if (!scope.secure && this.#isSecured(cookie)) return;
    this.#lines.clear();
    this.#expires ||= cookie.expires !== Number.POSITIVE_INFINITY;
    if (cookie.expires <= now) {
      if (old >= 0) this.#cookies.splice(old, 1);
    } else if (old >= 0) this.#cookies[old] = cookie;
    else this.#cookies.push(cookie);
  }

  /** Whether a cookie that was set over TLS has this name here: what is not must not lay another one over it. */
  #isSecured({ name, domain, path }: Cookie): boolean {
    return this.#cookies.some(
      (other) =>
        other.secure &&
        other.name === name &&
        (domainMatches(other.domain, domain) || domainMatches(domain, other.domain)) &&
        pathMatches(path, other.path),
    );
  }

  /** The value of the Cookie header for a request, longest path first; empty when none fits. */
  header(scope: CookieScope, now = Date.now()): string {
    return this.#cookies
      .filter((cookie) => fits(cookie, scope) && cookie.expires > now)
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ');
  }

  /** The Cookie header's line, ended by CRLF; empty when no cookie fits. */
  line(scope: CookieScope): string {
    const known = this.#lines.get(scope);
    if (known !== undefined) return known;
    const header = this.header(scope);
    const line = header === '' ? '' : ['cookie: ', header, '\r\n'].join('');
    if (!this.#expires) this.#lines.set(scope, line);
    return line;
  }
}

const MOST_READ = 1000;
/** Cookies for the session that were read already: what one user is given, the next one is given too. */
const read = new WeakMap<CookieScope, Map<string, Cookie>>();

function readCookie(line: string, scope: CookieScope, now: number): Cookie | null {
  let lines = read.get(scope);
  if (!lines) {
    lines = new Map();
    read.set(scope, lines);
  }
  const known = lines.get(line);
  if (known) return known;
  const cookie = parseCookie(line, scope, now);
  if (cookie?.expires === Number.POSITIVE_INFINITY && lines.size < MOST_READ) lines.set(line, cookie);
  return cookie;
}

function fits(
  { hostOnly, domain, path, secure }: Cookie,
  { hostname, pathname, secure: overTls }: CookieScope,
): boolean {
  if (secure && !overTls && !isLoopback(hostname)) return false;
  if (hostOnly ? hostname !== domain : !domainMatches(hostname, domain)) return false;
  return pathMatches(pathname, path);
}

/** RFC 6265bis, 5.1.4. */
function pathMatches(pathname: string, path: string): boolean {
  if (pathname === path) return true;
  return pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/');
}

function parseCookie(line: string, scope: CookieScope, now: number): Cookie | null {
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) return null;
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const name = equals < 0 ? '' : pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if ((name === '' && value === '') || name.length + value.length > LONGEST_COOKIE) return null;
  // Without a name its value must not be taken for a name that promises something.
  if (name === '' && /^__(?:secure|host)-/i.test(value)) return null;
  const has = new Map(attributes.map(nameAndValue).filter(([, given]) => given.length <= LONGEST_ATTRIBUTE));
  const domain = (has.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  const hostOnly = domain === '' || domain === scope.hostname;
  if (!hostOnly && (isPublicSuffix(domain) || !domainMatches(scope.hostname, domain))) return null;
  const secure = has.has('secure');
  if (secure && !scope.secure && !isLoopback(scope.hostname)) return null;
  const given = has.get('path') ?? '';
  const path = given.startsWith('/') ? given : defaultPath(scope.pathname);
  if (/^__secure-/i.test(name) && !secure) return null;
  if (/^__host-/i.test(name) && !(secure && domain === '' && given === '/')) return null;
  return {
    name,
    value,
    domain: hostOnly ? scope.hostname : domain,
    hostOnly: domain === '',
    path,
    secure,
    expires: expiry(has, now),
  };
}

function nameAndValue(attribute: string): [string, string] {
  const equals = attribute.indexOf('=');
  if (equals < 0) return [attribute.trim().toLowerCase(), ''];
  return [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()];
}

/** Under which anybody has a name, `co.uk` as well as `github.io`: a cookie for it would be everybody's. */
function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain;
}

/** Max-Age wins over Expires; a date that cannot be read counts as none. */
function expiry(has: Map<string, string>, now: number): number {
  const maxAge = has.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000;
  return cookieDate(has.get('expires') ?? '') ?? Number.POSITIVE_INFINITY;
}

function defaultPath(pathname: string): string {
  const last = pathname.lastIndexOf('/');
  return last <= 0 ? '/' : pathname.slice(0, last);
}

function domainMatches(hostname: string, domain: string): boolean {
  return hostname === domain || (hostname.endsWith(`.${domain}`) && !/^[\d.]+$/.test(hostname));
}
