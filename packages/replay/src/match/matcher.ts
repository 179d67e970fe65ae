import { createHash } from 'node:crypto';
import { isText } from '../tape/body.ts';
import type { Exchange } from '../tape/exchange.ts';
import { endsHere, type HeaderList, header } from '../tape/headers.ts';
import type { Asked } from './asked.ts';
import { comparable, isOpen, withAnyBoundary, withOpenBoundary, withoutCoding } from './comparable.ts';
import { Pattern, WILDCARD } from './pattern.ts';
import { partsOf, queryMatches, splitTarget } from './query.ts';

/** What a recorded request asks of one that wants its answer. */
export interface Matcher {
  path: Pattern;
  /** Sorted, the most literal last of equal beginnings. */
  query: readonly Pattern[];
  /** A pattern where it holds XXX. */
  body: Pattern | Buffer;
  /** The body is compared without what may differ for the same content. */
  isOpen: boolean;
  /** Of query and body, where neither holds XXX: the same for the same request. */
  exactKey: string | null;
  headers: readonly { name: string; pattern: Pattern }[];
  /** How many characters are literal. */
  specificity: number;
}

/** @param listed headers that must be as recorded, in lower case */
export function matcherOf({ request }: Exchange, listed: readonly string[]): Matcher {
  const { path, query } = splitTarget(request.target);
  const parts = partsOf(query).map((part) => new Pattern(part));
  const plain = withoutCoding(request.headers, request.body);
  // Of a body that was larger than the cap the tape has the beginning.
  const isCut = request.cutFrom !== null && request.cutFrom > plain.length;
  const isWild = plain.length > 0 && plain.includes(WILDCARD) && isText(plain);
  const compared = withOpenBoundary(request.headers, plain);
  const body = isWild || isCut ? bodyPattern(compared.toString('latin1'), isWild, isCut) : compared;
  const headers = headerPatterns(request.headers, listed);
  const pathPattern = new Pattern(path);
  return {
    path: pathPattern,
    query: parts.sort((a, b) => b.literal - a.literal),
    body,
    isOpen: isOpen(request.headers, request.body),
    exactKey:
      !(body instanceof Pattern) && parts.every(({ isLiteral }) => isLiteral)
        ? exactKey(query, compared)
        : null,
    headers,
    specificity:
      pathPattern.literal +
      parts.reduce((sum, { literal }) => sum + literal, 0) +
      (body instanceof Pattern ? body.literal : body.length) +
      headers.reduce((sum, { pattern }) => sum + pattern.literal + 1, 0),
  };
}

function bodyPattern(text: string, isWild: boolean, isCut: boolean): Pattern {
  return isWild ? new Pattern(isCut ? text + WILDCARD : text) : new Pattern(text, isCut);
}

/** Framing is the connection's: a client that chunks its body still asks the same. */
const framing = new Set(['content-length', 'host', 'expect']);

function headerPatterns(headers: HeaderList, listed: readonly string[]): Matcher['headers'] {
  const wild = headers
    .filter(
      ([name, value]) => value.includes(WILDCARD) && !isFraming(name) && !listed.includes(name.toLowerCase()),
    )
    .map(([name, value]) => ({ name: name.toLowerCase(), pattern: new Pattern(value) }));
  const asked = listed.map((name) => {
    const value = header(headers, name) ?? '';
    return { name, pattern: new Pattern(name === 'content-type' ? withAnyBoundary(value) : value) };
  });
  return [...asked, ...wild];
}

function isFraming(name: string): boolean {
  const lower = name.toLowerCase();
  return framing.has(lower) || endsHere(lower);
}

/** The same for requests with the same query and body. Long bodies are hashed, so that the keys stay small. */
function exactKey(query: string, body: Buffer): string {
  if (body.length === 0) return query;
  const content =
    body.length <= 256 ? body.toString('latin1') : createHash('sha256').update(body).digest('base64');
  return `${query} ${content}`;
}

/** A header that is listed and was not recorded must not be there. */
export function headersMatch(patterns: Matcher['headers'], headers: HeaderList): boolean {
  return patterns.every(({ name, pattern }) => {
    const value = header(headers, name);
    return value === null ? pattern.text === '' : pattern.matches(value);
  });
}

/** Query and body of a request, made ready once for all the recordings that it is held against. */
export class Content {
  readonly parts: readonly string[];
  readonly body: Buffer;
  readonly #asked: Pick<Asked, 'query' | 'headers' | 'body'>;
  #asText: string | null = null;
  #asKey: string | null = null;
  #open: Content | null = null;

  constructor(asked: Pick<Asked, 'query' | 'headers' | 'body'>) {
    this.#asked = asked;
    this.parts = partsOf(asked.query);
    this.body = asked.body;
  }

  /** A character for each byte of the body. */
  get text(): string {
    this.#asText ??= this.body.toString('latin1');
    return this.#asText;
  }

  get exactKey(): string {
    this.#asKey ??= exactKey(this.#asked.query, this.body);
    return this.#asKey;
  }

  /** The same for recordings whose body is open. */
  get open(): Content {
    const { headers, body } = this.#asked;
    this.#open ??= new Content({ ...this.#asked, body: comparable(headers, body) });
    return this.#open;
  }
}

/** Whether query and body fit, where there is XXX among them. */
export function contentMatches({ query, body, isOpen, exactKey: exact }: Matcher, asked: Content): boolean {
  const content = isOpen ? asked.open : asked;
  if (exact !== null) return exact === content.exactKey;
  const fits = body instanceof Pattern ? body.matches(content.text) : body.equals(content.body);
  return fits && queryMatches(query, content.parts);
}
