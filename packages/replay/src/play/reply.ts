import { randomUUID } from 'node:crypto';
import type { Exchange } from '../tape/exchange.ts';
import { endsHere, type HeaderList, header } from '../tape/headers.ts';
import { accepts, encode, missingCoding } from './coding.ts';

const PLACEHOLDER = /\{\{(uuid|now)\}\}/g;

/** An answer as it goes out. */
export interface Reply {
  status: number;
  reason: string;
  /** Flat: name, value, name, value. */
  headers: string[];
  body: Buffer;
}

/** Answers of one recording, made ready once for all the times that it is played. */
export class Replies {
  readonly #exchange: Exchange;
  /** What the body has to be put in before it goes out. */
  readonly #coding: string | null;
  readonly #isNew: boolean;
  /** What was found unchanged, with its text: who has nothing yet gets that. */
  readonly #isKept: boolean;
  /** With the coding or without, as it was or whole. */
  readonly #ready: (Reply | undefined)[] = [];

  constructor(exchange: Exchange) {
    const { status, headers, body } = exchange.answer;
    this.#isKept = status === 304 && body.length > 0;
    this.#exchange = exchange;
    this.#coding = missingCoding(headers, body);
    this.#isNew =
      headers.some(([, value]) => hasPlaceholders(value)) || hasPlaceholders(body.toString('latin1'));
  }

  for(asking: HeaderList): Reply {
    const coding = this.#coding !== null && accepts(asking, this.#coding) ? this.#coding : null;
    const isWhole = this.#isKept && !isConditional(asking);
    if (this.#isNew) return this.#make(coding, isWhole);
    const kind = (coding === null ? 0 : 1) + (isWhole ? 2 : 0);
    this.#ready[kind] ??= this.#make(coding, isWhole);
    return this.#ready[kind];
  }

  #make(coding: string | null, isWhole: boolean): Reply {
    const { request, answer } = this.#exchange;
    const [status, reason] = isWhole ? [200, 'OK'] : [answer.status, answer.reason];
    const text = this.#isNew
      ? Buffer.from(fillPlaceholders(answer.body.toString('latin1')), 'latin1')
      : answer.body;
    const body = coding === null ? text : encode(text, coding);
    const isEmpty = request.method === 'HEAD' || status === 304 || status === 204;
    const isUncoded = this.#coding !== null && coding === null;
    const headers = answer.headers.flatMap(([name, value]) => {
      const lower = name.toLowerCase();
      if (lower === 'content-length' && !isEmpty) return [];
      if (lower === 'content-length' && !/^\d+$/.test(value)) return [];
      if (lower === 'content-encoding' && isUncoded) return [];
      if (endsHere(lower) && !(lower === 'connection' && value.toLowerCase() === 'close')) return [];
      return [name, this.#isNew ? fillPlaceholders(value) : value];
    });
    if (!isEmpty) headers.push(...this.#framing(body));
    return { status, reason, headers, body: isEmpty ? Buffer.alloc(0) : body };
  }

  /** As it was recorded: chunked, or with the length that the body has now. */
  #framing(body: Buffer): string[] {
    const chunked = this.#exchange.answer.headers.some(
      ([name, value]) => name.toLowerCase() === 'transfer-encoding' && /chunked/i.test(value),
    );
    return chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)];
  }
}

/** Whether a client has a copy, and asks for another only if that is old. */
function isConditional(headers: HeaderList): boolean {
  return header(headers, 'if-none-match') !== null || header(headers, 'if-modified-since') !== null;
}

/** Whether an answer has something in it that is new each time. */
function hasPlaceholders(text: string): boolean {
  return text.includes('{{') && text.search(PLACEHOLDER) !== -1;
}

/** Puts a new UUID for each `{{uuid}}`, and the instant (ISO 8601, UTC) for `{{now}}`. */
function fillPlaceholders(text: string): string {
  return text.replace(PLACEHOLDER, (_, name) => (name === 'uuid' ? randomUUID() : new Date().toISOString()));
}
