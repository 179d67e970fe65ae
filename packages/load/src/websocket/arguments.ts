/** What the constructor takes beside the URL: subprotocols, or what Node's own takes. */
export type SocketOptions =
  | string
  | readonly string[]
  | { readonly protocols?: string | readonly string[]; readonly headers?: RequestInit['headers'] }
  | undefined;

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const LONGEST_REASON = 123;

/**
 * Reads the URL of a socket (WHATWG WebSockets, "get a URL record").
 * @returns how the socket shows it, what is asked over HTTP, and where its messages come from
 * @throws DOMException SyntaxError
 */
export function readUrl(
  text: string,
  base: string | undefined,
): { readonly href: string; readonly http: string; readonly origin: string } {
  const url = URL.parse(text, base);
  if (!url)
    throw syntax(`Invalid URL: ${JSON.stringify(text)}${base ? '' : ': a relative one needs a target'}`);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  else if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw syntax(`Expected a ws: or wss: protocol, got ${url.protocol}`);
  if (url.hash !== '' || url.href.endsWith('#')) throw syntax('A WebSocket URL has no fragment');
  const { href, host, protocol } = url;
  return { href, http: href.replace(/^ws/, 'http'), origin: `${protocol}//${host}` };
}

/** @throws DOMException SyntaxError for subprotocols that are no tokens, or there twice; TypeError for a dispatcher */
export function readProtocols(given: SocketOptions): {
  readonly protocols: readonly string[];
  readonly headers: RequestInit['headers'];
} {
  const isPlain = typeof given === 'string' || Array.isArray(given) || given === undefined || given === null;
  const { protocols = [], headers } = (isPlain ? { protocols: given ?? [] } : given) as Exclude<
    SocketOptions,
    string | readonly string[] | undefined
  >;
  if (!isPlain && 'dispatcher' in given && given.dispatcher)
    throw new TypeError(
      'WebSocket under load has no dispatchers: connections belong to the user. Leave `dispatcher` out.',
    );
  const list = typeof protocols === 'string' ? [protocols] : [...protocols].map(String);
  const lower = list.map((each) => each.toLowerCase());
  if (list.some((each) => !TOKEN.test(each)) || new Set(lower).size !== list.length)
    throw syntax(`Invalid Sec-WebSocket-Protocol value: ${list.join(', ')}`);
  return { protocols: list, headers };
}

/** @throws DOMException for a code that an application may not send, or a reason that is too long */
export function refuseClose(code: number | undefined, reason: string): void {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
    throw new DOMException(
      `invalid code: ${code}. An application closes with 1000 or 3000 to 4999`,
      'InvalidAccessError',
    );
  if (Buffer.byteLength(reason) > LONGEST_REASON)
    throw syntax(`Reason must be less than 123 bytes; it has ${Buffer.byteLength(reason)}`);
}

function syntax(message: string): DOMException {
  return new DOMException(message, 'SyntaxError');
}
