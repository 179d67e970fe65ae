/** Header lines as they are sent, without CRLF, and their names in lower case. */
export interface HeaderLines {
  readonly names: ReadonlySet<string>;
  readonly lines: readonly string[];
  /** Whether fetch adds others because of them: a range, or a condition. */
  readonly asksForMore: boolean;
  /** What the script says that the body's length is; null where it leaves that to us. */
  readonly contentLength: string | null;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/** A byte string (RFC 9110, 5.5): no line ends, no NUL, nothing beyond latin1. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Ask for an answer under a condition: who sets one has a cache of its own (Fetch standard, 4.6). */
export const conditions = [
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'if-match',
  'if-range',
];

const noHeaders: HeaderLines = { names: new Set(), lines: [], asksForMore: false, contentLength: null };

/** What decides how a message is framed or a connection is used is not the script's to say. */
const refused = new Set(['transfer-encoding', 'upgrade', 'keep-alive', 'expect']);

/** @throws TypeError for a name or value that no request may carry */
export function readHeaders(given: RequestInit['headers']): HeaderLines {
  if (!given) return noHeaders;
  const fields = new Map<string, string>();
  let contentLength: string | null = null;
  for (const [rawName, rawValue] of pairsOf(given)) {
    const name = String(rawName).toLowerCase();
    const value = String(rawValue).replace(/^[\t\r\n ]+|[\t\r\n ]+$/g, '');
    if (!TOKEN.test(name)) throw new TypeError(`Headers: '${rawName}' is an invalid header name.`);
    if (!FIELD_VALUE.test(value))
      throw new TypeError(`Headers: the value of '${name}' is an invalid header value.`);
    if (refused.has(name))
      throw new TypeError(`fetch does not send a '${name}' header: it is a matter of the connection.`);
    if (name === 'content-length') {
      contentLength = value;
      continue;
    }
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : before + (name === 'cookie' ? '; ' : ', ') + value);
  }
  const lines = [...fields].map(([name, value]) => `${name}: ${value}`);
  const asksForMore = fields.has('range') || conditions.some((name) => fields.has(name));
  return { names: new Set(fields.keys()), lines, asksForMore, contentLength };
}

function pairsOf(given: NonNullable<RequestInit['headers']>): Iterable<readonly [string, string]> {
  if (Symbol.iterator in given) return given as Iterable<readonly [string, string]>;
  return Object.entries(given as Record<string, string>);
}

/** The same with more, which it does not have. */
export function withHeaders(
  { names, lines, asksForMore, contentLength }: HeaderLines,
  more: readonly (readonly [string, string])[],
): HeaderLines {
  return {
    names: new Set([...names, ...more.map(([name]) => name)]),
    lines: [...lines, ...more.map(([name, value]) => `${name}: ${value}`)],
    asksForMore,
    contentLength,
  };
}

/** The same without some names; for a redirect to another origin. */
export function withoutHeaders(
  { names, lines, asksForMore, contentLength }: HeaderLines,
  gone: readonly string[],
): HeaderLines {
  const kept = lines.filter((line) => !gone.includes(line.slice(0, line.indexOf(':'))));
  return {
    names: new Set([...names].filter((name) => !gone.includes(name))),
    lines: kept,
    asksForMore,
    contentLength,
  };
}
