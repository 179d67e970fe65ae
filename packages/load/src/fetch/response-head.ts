import { ParseError } from './parse-error.ts';

/** The status line and header lines of one answer, and what they say about the body that follows. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  /** The header lines as they came, without the status line, each ended by CRLF. */
  readonly lines: string;
  /** Null where the length is not announced. */
  readonly contentLength: number | null;
  readonly chunked: boolean;
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
  /** For how long the server keeps it open after this answer, less the second that another request may need; ms. */
  readonly keepAliveMs: number;
  /** Content-Encoding in lower case; empty where there is none. */
  readonly encoding: string;
  /** The values of its Set-Cookie lines. */
  readonly cookies: readonly string[];
  /** Whether it is a stream of events, as its Content-Type has it. */
  readonly isEvents?: boolean;
  /** What it counts as, where its status does not say: that of gRPC. */
  readonly outcome?: string;
}

const HINT_MARGIN_MS = 1000;

const noCookies: readonly string[] = [];

// RFC 9112, 4: the reason may be missing, and then the space before it too.
const STATUS_LINE = /^HTTP\/(1\.[01]|2\.0|0\.9) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
// RFC 9110, 5.1 and 5.5.
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Reads the head of an answer.
 * @param text latin1, from `HTTP/` to before the empty line, without the last CRLF
 * @throws ParseError
 */
export function parseHead(text: string): ResponseHead {
  const firstEnd = text.indexOf('\r\n');
  const first = firstEnd < 0 ? text : text.slice(0, firstEnd);
  const status = STATUS_LINE.exec(first);
  if (!status)
    throw new ParseError('status line', `the answer begins with ${JSON.stringify(first.slice(0, 80))}`);
  if (status[1] === '1.0' && status[2]!.startsWith('1')) {
    throw new ParseError('status line', 'the answer is a 1xx of HTTP/1.0, which has none');
  }
  const facts: Facts = {
    contentLength: null,
    chunked: false,
    encoded: false,
    keepAlive: status[1] === '1.1',
    keepAliveMs: Number.POSITIVE_INFINITY,
    encoding: '',
    cookies: noCookies,
    isEvents: false,
  };
  let at = firstEnd < 0 ? text.length : firstEnd + 2;
  const lines = at < text.length ? `${text.slice(at)}\r\n` : '';
  while (at < text.length) {
    const end = text.indexOf('\r\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at += line.length + 2;
    const field = HEADER_LINE.exec(line);
    if (!field) throw new ParseError('header', `a header line is ${JSON.stringify(line.slice(0, 80))}`);
    note(facts, field[1]!, field[2]!);
  }
  if (facts.encoded && facts.contentLength !== null) {
    throw new ParseError('content-length', 'the answer has both Content-Length and Transfer-Encoding');
  }
  const { contentLength, chunked, keepAlive, keepAliveMs, encoding, cookies, isEvents } = facts;
  return {
    status: Number(status[2]),
    statusText: status[3] ?? '',
    lines,
    contentLength,
    chunked,
    keepAlive,
    keepAliveMs,
    encoding,
    cookies,
    isEvents,
  };
}

interface Facts {
  contentLength: number | null;
  chunked: boolean;
  /** A Transfer-Encoding was there, chunked or not. */
  encoded: boolean;
  keepAlive: boolean;
  keepAliveMs: number;
  encoding: string;
  cookies: readonly string[];
  isEvents: boolean;
}

/** Keeps what concerns the framing of the body; told apart by length first, because most names are none of these. */
function note(facts: Facts, name: string, value: string): void {
  switch (name.length) {
    case 10:
      if (name.toLowerCase() === 'connection') noteConnection(facts, value.toLowerCase());
      else if (name.toLowerCase() === 'keep-alive') noteHint(facts, value);
      else if (name.toLowerCase() === 'set-cookie') facts.cookies = [...facts.cookies, value];
      break;
    case 12:
      if (name.toLowerCase() === 'content-type') facts.isEvents = /^text\/event-stream *(?:;|$)/i.test(value);
      break;
    case 14:
      if (name.toLowerCase() === 'content-length') noteLength(facts, trimBlanks(value));
      break;
    case 16:
      if (name.toLowerCase() === 'content-encoding') facts.encoding = trimBlanks(value).toLowerCase();
      break;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') noteTransfer(facts, value.toLowerCase());
      break;
  }
}

function noteConnection(facts: Facts, value: string): void {
  const options = value.split(',').map((option) => option.trim());
  if (options.includes('close')) facts.keepAlive = false;
  else if (options.includes('keep-alive')) facts.keepAlive = true;
}

function noteLength(facts: Facts, value: string): void {
  if (!/^0*\d{1,15}$/.test(value)) {
    throw new ParseError('content-length', `Content-Length is ${JSON.stringify(value.slice(0, 40))}`);
  }
  if (facts.contentLength !== null) throw new ParseError('content-length', 'Content-Length is there twice');
  facts.contentLength = Number(value);
}

/** RFC 9112, 6.3: a transfer coding that does not end in chunked is ended by the end of the connection. */
function noteTransfer(facts: Facts, value: string): void {
  facts.encoded = true;
  facts.chunked = trimBlanks(value.split(',').at(-1)!) === 'chunked';
}

/** `Keep-Alive: timeout=5`: what comes in the last second of it may meet the close. */
function noteHint(facts: Facts, value: string): void {
  const [, seconds] = /(?:^|[\s,;])timeout=(\d+)/i.exec(value) ?? [];
  if (seconds !== undefined) facts.keepAliveMs = Math.max(0, Number(seconds) * 1000 - HINT_MARGIN_MS);
}

/** Of a header's value only blanks and tabs are no part. */
export function trimBlanks(value: string): string {
  return value.replace(/^[\t ]+|[\t ]+$/g, '');
}
