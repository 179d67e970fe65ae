import { type ResponseHead, trimBlanks } from '../response-head.ts';
import type { Field } from './hpack/field.ts';
import { StreamError } from './http2-error.ts';

/** As for a head of HTTP/1.1, bytes: with what RFC 7541 adds to each field. */
export const LONGEST_LIST = 64 * 1024;

// RFC 9113, 8.2.1, and 9110, 5.1: a token without capitals.
const NAME = /^[!#$%&'*+\-.^_`|~\da-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const STATUS = /^[1-9]\d\d$/;
// RFC 9113, 8.2.2.
const ofConnection = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

const noCookies: readonly string[] = [];

/** Gathers the fields of an answer, or of its trailers, as they are decoded (RFC 9113, 8.3.2). */
export class ResponseFields {
  #isTrailers = false;
  #status = '';
  #lines: string[] = [];
  #size = 0;
  #length: number | null = null;
  #encoding = '';
  #cookies: readonly string[] = noCookies;
  #error: StreamError | null = null;
  /** Takes the next field. What is wrong with it is thrown at the end: the decoder has to go on. */
  readonly take = (field: Field): void => {
    this.#size += field.size;
    if (this.#error) return;
    if (this.#size > LONGEST_LIST) {
      this.#error = new StreamError(
        'header too large',
        `the head is longer than ${LONGEST_LIST / 1024} KB`,
        'CANCEL',
      );
      this.#lines = [];
      return;
    }
    try {
      if (field.name.startsWith(':')) this.#takePseudo(field);
      else this.#takeRegular(field);
    } catch (error) {
      this.#error = error as StreamError;
    }
  };

  begin(isTrailers: boolean): void {
    this.#isTrailers = isTrailers;
    this.#status = '';
    this.#lines = [];
    this.#size = 0;
    this.#length = null;
    this.#encoding = '';
    this.#cookies = noCookies;
    this.#error = null;
  }

  /** @throws StreamError for what was wrong with trailers */
  endTrailers(): void {
    if (this.#error) throw this.#error;
  }

  /** @throws StreamError for what was wrong */
  end(): ResponseHead {
    if (this.#error) throw this.#error;
    if (this.#status === '') throw new StreamError('pseudo-header', 'the answer has no :status');
    return {
      status: Number(this.#status),
      statusText: '',
      lines: this.#lines.join(''),
      contentLength: this.#length,
      chunked: false,
      keepAlive: true,
      keepAliveMs: Number.POSITIVE_INFINITY,
      encoding: this.#encoding,
      cookies: this.#cookies,
    };
  }

  #takePseudo({ name, value }: Field): void {
    const wrong = this.#isTrailers
      ? 'is in trailers'
      : name !== ':status'
        ? 'is none of an answer'
        : this.#status !== ''
          ? 'is there twice'
          : this.#lines.length > 0
            ? 'comes after other fields'
            : STATUS.test(value)
              ? null
              : `is ${JSON.stringify(value.slice(0, 40))}`;
    if (wrong) throw new StreamError('pseudo-header', `${JSON.stringify(name.slice(0, 40))} ${wrong}`);
    this.#status = value;
  }

  #takeRegular(field: Field): void {
    if (typeof field.note !== 'string') field.note = lineOf(field);
    this.#lines.push(field.note as string);
    const { name, value } = field;
    switch (name.length) {
      case 10:
        if (name === 'set-cookie') this.#cookies = [...this.#cookies, trimBlanks(value)];
        break;
      case 14:
        if (name === 'content-length') this.#noteLength(trimBlanks(value));
        break;
      case 16:
        if (name === 'content-encoding') this.#encoding = trimBlanks(value).toLowerCase();
        break;
    }
  }

  #noteLength(value: string): void {
    if (this.#isTrailers) return;
    if (!/^0*\d{1,15}$/.test(value))
      throw new StreamError('content-length', `Content-Length is ${JSON.stringify(value.slice(0, 40))}`);
    if (this.#length !== null) throw new StreamError('content-length', 'Content-Length is there twice');
    this.#length = Number(value);
  }
}

/** @throws StreamError for a field that no answer may carry */
function lineOf({ name, value }: Field): string {
  const said = JSON.stringify(`${name}: ${value}`.slice(0, 80));
  if (!NAME.test(name) || !VALUE.test(value)) throw new StreamError('header', `a header field is ${said}`);
  if (ofConnection.has(name))
    throw new StreamError('header', `a header field of connections of HTTP/1.1 is there: ${said}`);
  return `${name}: ${value}\r\n`;
}
