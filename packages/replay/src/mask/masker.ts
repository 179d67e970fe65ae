import { isSecretName, maskFields, maskPattern, maskText, type Replace } from '@marteau/shared';
import type { Asked } from '../match/asked.ts';
import { WILDCARD } from '../match/pattern.ts';
import { decoded, isText } from '../tape/body.ts';
import type { Exchange, Message } from '../tape/exchange.ts';
import { type HeaderList, header } from '../tape/headers.ts';
import { Fakes } from './fake.ts';

/** So many secrets are looked for wherever they turn up again. */
const MOST_KNOWN = 200;

/**
 * Takes the secrets out of an exchange: XXX takes their place in a request, where it matches any other secret; fakes of
 * the same shape do in an answer. A secret that was found once is taken out wherever it turns up later.
 */
export class Masker {
  readonly #fakes = new Fakes();
  readonly #patterns: readonly RegExp[];
  /** Long enough not to be a word of the language. */
  readonly #known = new Set<string>();
  #anyKnown: RegExp | null = null;

  constructor(patterns: readonly RegExp[] = []) {
    this.#patterns = patterns;
  }

  mask(exchange: Exchange): Exchange {
    const toMask: Replace = (secret) => this.#remember(secret, WILDCARD);
    const toFake: Replace = (secret) =>
      secret === WILDCARD ? secret : this.#remember(secret, this.#fakes.of(secret));
    const request = this.#message(exchange.request, toMask, requestHeader);
    const target = this.#text(maskFields(exchange.request.target, toMask), toMask);
    const answer = this.#message(exchange.answer, toFake, answerHeader);
    // What only the answer named may have been in the request, too.
    return {
      ...exchange,
      request: { ...exchange.request, ...this.#again(request), target: this.#forget(target, () => WILDCARD) },
      answer: { ...exchange.answer, ...answer },
    };
  }

  /** The same request without its secrets, for a person to see. */
  maskAsked(asked: Asked): Asked {
    const toMask: Replace = () => WILDCARD;
    return {
      ...asked,
      path: this.#text(asked.path, toMask),
      query: this.#text(maskFields(asked.query, toMask), toMask),
      body: this.#body(asked.headers, asked.body, toMask),
    };
  }

  #message(
    { headers, body, ...rest }: Message,
    replace: Replace,
    maskHeader: (name: string, value: string, replace: Replace) => string,
  ): Message {
    const masked = headers.map(([name, value]) => {
      const own = maskHeader(name.toLowerCase(), value, replace);
      return [name, this.#text(own, replace)] as const;
    });
    return this.#boundary({ ...rest, headers: masked, body: this.#body(headers, body, replace) }, replace);
  }

  #body(headers: HeaderList, body: Buffer, replace: Replace): Buffer {
    if (body.length === 0) return body;
    const plain = decoded(body, header(headers, 'content-encoding')) ?? body;
    if (!isText(plain)) return body;
    const text = plain.toString('latin1');
    const isForm =
      /x-www-form-urlencoded/i.test(header(headers, 'content-type') ?? '') ||
      /^[^\s=&<{[]+=[^\s&]*(&|$)/.test(text);
    const masked = this.#text(isForm ? maskFields(text, replace) : maskText(text, replace), replace);
    return masked === text ? plain : Buffer.from(masked, 'latin1');
  }

  /** Clients draw a new boundary for each multipart body, which would match nothing ever again. */
  #boundary(message: Message, replace: Replace): Message {
    const type = header(message.headers, 'content-type') ?? '';
    const [, boundary] = /^multipart\/form-data;.*boundary="?([^";]{8,})/i.exec(type) ?? [];
    if (boundary === undefined || replace(boundary) !== WILDCARD || !isText(message.body)) return message;
    const without = (text: string) => text.replaceAll(boundary, WILDCARD);
    return {
      ...message,
      headers: message.headers.map(([name, value]) => [name, without(value)] as const),
      body: Buffer.from(without(message.body.toString('latin1')), 'latin1'),
    };
  }

  #text(text: string, replace: Replace): string {
    let masked = text;
    for (const pattern of this.#patterns) masked = maskPattern(masked, pattern, replace);
    return this.#forget(masked, (secret) =>
      replace(secret) === WILDCARD ? WILDCARD : this.#fakes.of(secret),
    );
  }

  #again(message: Message): Message {
    if (this.#anyKnown === null || !isText(message.body)) return message;
    const text = message.body.toString('latin1');
    const masked = this.#forget(text, () => WILDCARD);
    return {
      ...message,
      headers: message.headers.map(([name, value]) => [name, this.#forget(value, () => WILDCARD)] as const),
      body: masked === text ? message.body : Buffer.from(masked, 'latin1'),
    };
  }

  #forget(text: string, replace: Replace): string {
    return this.#anyKnown === null ? text : text.replace(this.#anyKnown, replace);
  }

  #remember(secret: string, instead: string): string {
    for (const known of new Set([secret, decodeOr(secret)])) {
      const isTelling = known.length >= 16 || (known.length >= 8 && /\d/.test(known));
      if (!isTelling || this.#known.has(known) || this.#known.size >= MOST_KNOWN) continue;
      this.#known.add(known);
      this.#anyKnown = new RegExp([...this.#known].map(escapeRegExp).join('|'), 'g');
    }
    return instead;
  }
}

function requestHeader(name: string, value: string, replace: Replace): string {
  if (name === 'cookie') {
    for (const pair of value.split(/;\s*/))
      if (pair.includes('=')) replace(pair.slice(pair.indexOf('=') + 1));
    return WILDCARD;
  }
  if (name === 'authorization' || name === 'proxy-authorization') {
    const [, scheme = '', credentials = value] = /^(\S+ )(.*)$/.exec(value) ?? [];
    return scheme + replace(credentials);
  }
  if (name === 'referer') return maskFields(value, replace);
  return isSecretName(name) ? replace(value) : value;
}

function answerHeader(name: string, value: string, replace: Replace): string {
  if (name === 'set-cookie')
    return value.replace(/^([^=;]+=)"?([^;"]+)/, (_, start, secret) => start + replace(secret));
  if (name === 'location') return maskFields(value, replace);
  return isSecretName(name) ? replace(value) : value;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
