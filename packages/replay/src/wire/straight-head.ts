import { randomFillSync } from 'node:crypto';

/** What of a request's head is needed, and the head as it goes on. */
export interface StraightHead {
  readonly method: string;
  /** With a slash at its begin. */
  readonly target: string;
  /** How it goes on, but for a traceparent that is to stand between the two, where the client has none. */
  readonly before: string;
  readonly after: string;
  readonly isTraced: boolean;
  readonly body: BodyLength;
}

/** For `HttpBody`. */
export type BodyLength = [left: number, isChunked: boolean];

const BARE_LF = /(?<!\r)\n/g;
const STRAY = /\r(?!\n)|\0/;
/** Folded, or without a name, or with one that is no token. */
const NO_HEADER = /\n(?![!#$%&'*+\-.^_`|~\w]+:|(?:\r\n)?$)/;
const FRAMINGS = /\n(?:content-length|transfer-encoding):[^\r]*/gi;
const LENGTH = /^\ncontent-length:[ \t]*\d{1,15}[ \t]*$/i;
const CHUNKED = /^\ntransfer-encoding:[ \t]*chunked[ \t]*$/i;
const NOT_A_HEADER = 'The request has a header that is not one.';
const HOST = /\nhost:[^\r\n]*/gi;
const UPGRADE = /\nupgrade:[^\r\n]*\r?(?=\n)/gi;

/**
 * Reads the head of a request that came to a server's place, and turns it to that server, with marks. Two readers must
 * not see two things in it: whoever could hide a request in another one would go past a target's limits.
 * @param head with its empty line
 * @param marks by lower-case names
 * @returns a sentence where it is not HTTP as it should be
 */
export function straightHead(
  head: string,
  { host, marks }: { readonly host: string; readonly marks: readonly (readonly [string, string])[] },
): StraightHead | string {
  if (STRAY.test(head)) return NOT_A_HEADER;
  head = head.replace(BARE_LF, '\r\n');
  const end = head.indexOf('\n');
  const [method = '', address = '', version = '', ...more] = head.slice(0, end).trimEnd().split(' ');
  if (
    !/^[A-Z-]+$/i.test(method) ||
    !/^HTTP\/1\.[01]$/.test(version) ||
    more.length > 0 ||
    /[^!-~\x80-\xff]/.test(address)
  )
    return 'The request does not begin as one of HTTP/1.';
  const target = /^https?:\/\/[^/?#]*(.*)$/i.exec(address)?.[1] ?? address;
  if (!target.startsWith('/') && target !== '*' && target !== '')
    return `The request is for no path: ${address.slice(0, 80)}.`;
  if (NO_HEADER.test(head)) return NOT_A_HEADER;
  const [framing = null, ...framings] = head.match(FRAMINGS) ?? [];
  const isClear =
    framing === null || LENGTH.test(framing) || (CHUNKED.test(framing) && version === 'HTTP/1.1');
  if (!isClear || framings.length > 0) return 'It is not clear where the body of the request ends.';
  const hosts = head.match(HOST)?.length ?? 0;
  if (hosts > 1)
    return 'The request has several Host headers, so that it is not clear which server it is for.';
  let rest =
    hosts === 1 ? head.slice(end).replace(HOST, `\nHost: ${host}`) : `\nHost: ${host}\r${head.slice(end)}`;
  if (/\nupgrade:/i.test(rest)) rest = rest.replace(UPGRADE, '');
  const path = target === '' ? '/' : target;
  const lower = rest.toLowerCase();
  let added = '';
  for (const [name, value] of marks) if (!lower.includes(`\n${name}:`)) added += `\n${name}: ${value}\r`;
  return {
    method,
    target: path,
    before: `${method} ${path} ${version}\r${added}`,
    after: rest,
    isTraced: lower.includes('\ntraceparent:'),
    body: lengthOf(head, 0),
  };
}

/** A head as it goes on, in a trace of its own unless its client has one. */
export function withTrace({ before, after, isTraced }: StraightHead): string {
  return isTraced ? before + after : `${before}\ntraceparent: 00-${hex(16)}-${hex(8)}-01\r${after}`;
}

function lengthOf(head: string, unknown: number): BodyLength {
  if (/\ntransfer-encoding:[^\r\n]*\bchunked\b/i.test(head)) return [0, true];
  const length = /\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
  return [length === undefined ? unknown : Number(length), false];
}

const pool = Buffer.alloc(8192);
let used = pool.length;

/** Random bytes, as hex. */
function hex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

const LOCATION = /(\nlocation:[ \t]*)https?:\/\/([^/?#\r\n]*)/i;

/** What of an answer's head is needed. `isBack`: a redirect leads to the server itself. */
export function answerHead(
  text: string,
  host: string,
): { readonly status: number; readonly body: BodyLength; readonly isBack: boolean; readonly text: string } {
  const to = LOCATION.exec(text)?.[2];
  return {
    status: Number(text.slice(9, 12)),
    body: lengthOf(text, Number.POSITIVE_INFINITY),
    isBack: to?.toLowerCase() === host,
    text,
  };
}

/** An answer's head: a redirect to the server leads back to where its client came to. */
export function backHead(head: string, host: string, here: string): string {
  if (!/\nlocation:/i.test(head)) return head;
  return head.replace(LOCATION, (all, name: string, to: string) =>
    to.toLowerCase() === host ? `${name}http://${here}` : all,
  );
}
