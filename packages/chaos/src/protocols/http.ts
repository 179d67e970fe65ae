import { STATUS_CODES } from 'node:http';
import { HttpBody, HttpHead, skipEmptyLines } from '@marteau/net';
import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import type { Dialogue, Found, Protocol } from './protocol.ts';

/** HTTP/1.1, with keep-alive and pipelines; RFC 9112. */
export const http: Protocol = {
  name: 'http',
  about: 'HTTP/1. Method (as command), path and headers can be matched.',
  open: () => new HttpDialogue(),
};

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]{1,40}) (\S+) HTTP\/1\.([01])\r?\n/;
const BEGINNING = /^[!#$%&'*+.^_`|~\w-]{0,40}( |$)/;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;

class HttpDialogue implements Dialogue {
  readonly greetings = 0;
  readonly expectsAnswer = true;
  readonly continues = false;
  found: Found = 'more';
  why = '';

  readonly #requestHead = new HttpHead();
  #requestBody: HttpBody | null = null;
  #text = '';
  #command = '';
  #path = '';
  #minor = '';

  request(chunk: Buffer, at: number): number {
    if (this.#requestBody !== null) {
      const to = this.#requestBody.skip(chunk, at);
      if (this.#requestBody.isGarbage)
        return this.#stop('garbage', 'a request’s body has no chunk where one belongs', at);
      if (!this.#requestBody.isComplete) return this.#stop('more', '', to);
      this.#requestBody = null;
      return this.#stop('end', '', to);
    }
    if (!this.#requestHead.isOpen) {
      at = skipEmptyLines(chunk, at);
      if (at === chunk.length) return this.#stop('end', '', at);
    }
    const to = this.#requestHead.take(chunk, at);
    if (to < 0) {
      if (this.#requestHead.isTooLong)
        return this.#stop('garbage', 'a request’s head is longer than 64 KB', at);
      if (!BEGINNING.test(this.#requestHead.begun))
        return this.#stop('garbage', 'this is no HTTP request', at);
      return this.#stop('more', '', chunk.length);
    }
    this.#text = this.#requestHead.taken.toString('latin1');
    const line = REQUEST_LINE.exec(this.#text);
    if (line === null) return this.#stop('garbage', 'this is no HTTP/1 request', at);
    [, this.#command = '', this.#path = '', this.#minor = ''] = line;
    this.#requestBody = HttpBody.of(this.#text, false);
    return this.#stop('head', '', to);
  }

  describe(exchange: Exchange): void {
    const text = this.#text;
    exchange.command = this.#command;
    exchange.path = this.#path;
    exchange.header = (name) => headerOf(text, name);
    exchange.context = this.#minor === '0';
  }

  readonly #responseHead = new HttpHead();
  #responseBody: HttpBody | null = null;

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    if (this.#responseBody === null) {
      const to = this.#responseHead.take(chunk, at);
      if (to < 0) {
        if (this.#responseHead.isTooLong)
          return this.#stop('garbage', 'an answer’s head is longer than 64 KB', at);
        return this.#stop('more', '', chunk.length);
      }
      const text = this.#responseHead.taken.toString('latin1');
      const status = Number(STATUS_LINE.exec(text)?.[1] ?? 0);
      if (status === 0) return this.#stop('garbage', 'this is no HTTP/1 answer', at);
      if (status === 101 || (exchange?.command === 'CONNECT' && status < 300)) {
        return this.#stop('opaque', 'HTTP ends with an upgrade', to);
      }
      if (status < 200) return this.#stop('aside', '', to);
      const isEmpty = status === 204 || status === 304 || exchange?.command === 'HEAD';
      const body = isEmpty ? HttpBody.bytes(0) : HttpBody.of(text, true);
      if (body.isComplete) return this.#stop('end', '', to);
      this.#responseBody = body;
      return this.#stop('more', '', to);
    }
    const to = this.#responseBody.skip(chunk, at);
    if (this.#responseBody.isGarbage)
      return this.#stop('garbage', 'an answer’s body has no chunk where one belongs', at);
    if (!this.#responseBody.isComplete) return this.#stop('more', '', to);
    this.#responseBody = null;
    return this.#stop('end', '', to);
  }

  #stop(found: Found, why: string, at: number): number {
    this.found = found;
    this.why = why;
    return at;
  }

  error(exchange: Exchange, wish: ErrorWish, chance: number): ProtocolError {
    const status = wish.status || 500 + Math.floor(chance * 4);
    const reason = STATUS_CODES[status] ?? 'Error';
    const body = exchange.command === 'HEAD' ? '' : `${wish.message || reason}\n`;
    // A client that asks first sends its body only to who wants it; one of HTTP/1.0 may read on until the end.
    const asksFirst = /^100-continue$/i.test(exchange.header('expect') ?? '');
    const connection = exchange.header('connection') ?? '';
    const isOld = exchange.context === true && !/\bkeep-alive\b/i.test(connection);
    const close = asksFirst || isOld || /\bclose\b/i.test(connection);
    const head = [
      `HTTP/1.1 ${status} ${reason}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(close ? ['Connection: close'] : []),
    ];
    const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
    const detail = `answered ${status}`;
    return asksFirst
      ? { ahead: bytes, bytes: bytes.subarray(0, 0), close, detail }
      : { bytes, close, detail };
  }
}

function headerOf(head: string, name: string): string | undefined {
  const escaped = name.replace(/[^\w-]/g, '');
  return new RegExp(`\\n${escaped}:[ \\t]*([^\\r\\n]*)`, 'i').exec(head)?.[1]?.trim();
}
