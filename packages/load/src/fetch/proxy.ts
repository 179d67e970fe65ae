/** An HTTP proxy that requests go through. */
export interface HttpProxy {
  readonly hostname: string;
  readonly port: number;
  /** The Proxy-Authorization header's value; null where the proxy asks for none. */
  readonly authorization: string | null;
}

/** Which proxy leads to a URL; null for the straight way. */
export type ProxyFor = (url: URL) => HttpProxy | null;

/** What the environment says of proxies, in the names that curl made usual. */
export interface ProxySettings {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** Hosts that are reached without one: `example.com`, `.example.com`, `localhost:8080`, `*`. */
  readonly no?: string | undefined;
}

/** Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY; the lower-case names win, as in curl. */
export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  return { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY'), no: read('NO_PROXY') };
}

/** @returns a function that throws a TypeError for a proxy that cannot be used, with what to do */
export function proxyFor({ http, https, no }: ProxySettings): ProxyFor {
  const exceptions = (no ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(exception);
  return (url) => {
    const isTls = url.protocol === 'https:';
    const given = isTls ? https : http;
    if (!given || exceptions.some((holds) => holds(url))) return null;
    return readProxy(given, isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  };
}

function readProxy(text: string, name: string): HttpProxy {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url?.protocol !== 'http:') {
    throw new TypeError(
      `fetch failed: ${name} is not the address of an HTTP proxy. Write it as http://HOST:PORT; proxies over TLS and SOCKS are not spoken.`,
    );
  }
  const { username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || 80,
    authorization: username === '' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}

function exception(text: string): (url: URL) => boolean {
  if (text === '*') return () => true;
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(text.toLowerCase()) ?? [];
  const domain = name.replace(/^\*?\./, '');
  return ({ hostname, port: given, protocol }) => {
    const portOf = given || (protocol === 'https:' ? '443' : '80');
    return (hostname === domain || hostname.endsWith(`.${domain}`)) && (!port || port === portOf);
  };
}
