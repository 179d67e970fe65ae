import { isBase64 } from '../tape/base64.ts';
import { refuseUtf16 } from '../tape/encoding.ts';
import { type Exchange, type Message, type Tape, tapeOf } from '../tape/exchange.ts';
import { tapeWrong } from '../wrong.ts';
import { type BodyNote, contentLength, HEADER_LINE, noNote, readBodyNote, readTiming } from './head.ts';
import { withItsLines } from './its-lines.ts';
import {
  afterCollapsed,
  afterLine,
  lineAt,
  lineBeforeBlank,
  skipBlank,
  skipLine,
  trimNewlines,
} from './lines.ts';
import { type RequestLine, readRequestLine, readStatusLine } from './start-line.ts';

/**
 * Reads the text format of recproxy, as people write it: with or without HTTP versions, with blank lines between
 * headers, with LF or CRLF or both, with lengths that no longer fit.
 * @param name of the file, for sentences
 * @throws tape-wrong with line and column
 */
export function readRec(bytes: Buffer, name: string): Tape {
  return new RecReader(bytes, name).read();
}

/** The file ended in the middle of an exchange. */
class Torn extends Error {}

class RecReader {
  readonly #name: string;
  /** One character for each byte, so that places in the text are places in the bytes. */
  readonly #text: string;
  readonly #bytes: Buffer;
  readonly #hasCrlf: boolean;
  #at: number;
  readonly #begins = new Map<Exchange, number>();
  readonly #notes: string[] = [];

  constructor(bytes: Buffer, name: string) {
    refuseUtf16(bytes, name);
    this.#text = bytes.toString('latin1');
    this.#bytes = bytes;
    this.#hasCrlf = this.#text.includes('\r\n');
    this.#name = name;
    this.#at = this.#text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  }

  read(): Tape {
    const exchanges: Exchange[] = [];
    for (;;) {
      const start = skipBlank(this.#text, this.#at);
      if (start === this.#text.length) break;
      this.#at = start;
      try {
        const exchange = this.#readExchange();
        if (exchange === null) break;
        this.#begins.set(exchange, start);
        exchanges.push(exchange);
      } catch (error) {
        if (!(error instanceof Torn)) throw error;
        this.#notes.push(
          `${this.#name}:${this.#line(start)}: the file ends in the middle of this exchange, so it was left out.`,
        );
        break;
      }
    }
    const tape = tapeOf(exchanges, this.#notes);
    return { ...tape, placeOf: (exchange) => `line ${this.#line(this.#begins.get(exchange) ?? 0)}` };
  }

  #readExchange(): Exchange | null {
    const { comment, startedAt, latencyMs } = this.#readRemarks();
    if (this.#at === this.#text.length) return null; // remarks at the end of the file are about nothing
    const start = this.#at;
    const line = readRequestLine(this.#takeLine());
    if (line === null && this.#at === this.#text.length && this.#isTorn()) throw new Torn();
    if (line === null) this.#wrong(start, 'the first line of a request', 'GET /path HTTP/1.1');
    const request = { ...(line as RequestLine), ...this.#readMessage(isStartLine, '') };
    this.#at = skipBlank(this.#text, this.#at);
    if (this.#at === this.#text.length) throw new Torn();
    const answered = this.#at;
    const status = readStatusLine(this.#takeLine());
    if (status === null) this.#wrong(answered, 'the first line of an answer', '200 OK');
    const method = status!.status === 304 || status!.status === 204 ? 'HEAD' : request.method;
    const answer = { ...status!, ...this.#readMessage(isRequestAhead, method) };
    return { comment, startedAt, latencyMs, request, answer };
  }

  /** Lines that begin with # and stand before a request. */
  #readRemarks(): { comment: string; startedAt: number | null; latencyMs: number | null } {
    const comments: string[] = [];
    let timing: ReturnType<typeof readTiming> = null;
    for (;;) {
      this.#at = skipBlank(this.#text, this.#at);
      if (this.#text[this.#at] !== '#') break;
      const line = this.#takeLine();
      const read = readTiming(line);
      if (read) timing = read;
      else comments.push(Buffer.from(line.replace(/^# ?|\r/g, ''), 'latin1').toString());
    }
    return {
      comment: comments.join('\n'),
      startedAt: timing?.startedAt ?? null,
      latencyMs: timing?.latencyMs ?? null,
    };
  }

  #readMessage(isNext: (text: string, at: number) => boolean, method: string): Omit<Message, 'version'> {
    const start = this.#at;
    const { headers, note } = this.#readHead();
    const isCrlf = this.#hasCrlf && this.#text.slice(start, this.#at).includes('\r\n');
    const promised = note.bytes ?? (method === 'HEAD' ? 0 : contentLength(headers));
    if (note.base64) return { headers, body: this.#readBase64(), cutFrom: note.cutFrom };
    const body = this.#readBody(isNext, promised, isCrlf);
    const lines = { headers, promised, isCrlf };
    return { headers, body: withItsLines(body, lines), cutFrom: note.cutFrom };
  }

  #readHead(): { headers: [string, string][]; note: BodyNote } {
    const headers: [string, string][] = [];
    let note = noNote;
    // In recproxy's own example a blank line stands between the headers.
    const isSpaced = this.#isHeaderAfterBlank() && /^\r?\n[^\n]*\n(?:\r?\n|$)/.test(this.#peek());
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const line = this.#takeLine();
      if (line === '') {
        if (isSpaced && this.#isHeaderAt(this.#at)) continue;
        return { headers, note };
      }
      const found = HEADER_LINE.exec(line);
      const noted = found ? null : readBodyNote(line);
      if (noted) note = noted;
      else if (found) headers.push([found[1]!, found[2]!]);
      else if (/^[ \t].*$/.test(line) && headers.length > 0) {
        const last = headers.at(-1)!;
        last[1] = `${last[1]} ${line.trim()}`.trim();
      } else if (this.#isTorn()) throw new Torn();
      else if (!line.startsWith('# ')) this.#wrong(start, 'a header', 'Name: value');
      else this.#wrong(start, 'a remark on a body', '# body: 12 bytes, or # body: base64');
    }
    return { headers, note };
  }

  #readBody(isNext: (text: string, at: number) => boolean, promised: number | null, isCrlf: boolean): Buffer {
    const start = this.#at;
    const ends = promised === null || promised > this.#text.length - start ? [] : [start + promised];
    if (isCrlf && ends.length > 0) ends.push(afterCollapsed(this.#text, start, promised!));
    const end = ends.find((each) => each <= this.#text.length && this.#isBoundary(each, start, isNext));
    if (end !== undefined) {
      this.#at = end;
      return this.#bytes.subarray(start, end);
    }
    const [stop, next] = this.#findNext(start, isNext);
    if (next === this.#text.length && promised !== null && stop - start < promised && this.#isTorn())
      throw new Torn();
    this.#at = next;
    return this.#bytes.subarray(start, isCrlf && this.#text[stop - 1] === '\r' ? stop - 1 : stop);
  }

  /** Whether the body can end there: what follows is a blank line and the next message, or the end of the file. */
  #isBoundary(end: number, start: number, isNext: (text: string, at: number) => boolean): boolean {
    const next = skipBlank(this.#text, end);
    if (next === this.#text.length) return true;
    if (end !== start && next <= skipLine(this.#text, end)) return false;
    return isNext(this.#text, next) || (this.#isTorn() && this.#text.indexOf('\n', next) === -1);
  }

  /** Where the body ends and the next message begins, by their looks alone. */
  #findNext(start: number, isNext: (text: string, at: number) => boolean): [end: number, next: number] {
    for (let end = start; ; ) {
      const next = skipBlank(this.#text, end);
      if (next === this.#text.length || isNext(this.#text, next)) return [end, next];
      end = this.#lineBeforeBlank(next);
      if (end === -1) return [trimNewlines(this.#text, start), this.#text.length];
    }
  }

  #readBase64(): Buffer {
    const start = this.#at;
    const blank = this.#lineBeforeBlank(start);
    const end = blank === -1 ? this.#text.length : blank;
    if (blank === -1 && this.#isTorn()) throw new Torn();
    const written = this.#text.slice(start, end);
    const strange = written.search(/[^A-Za-z0-9+/=\r\n \t]/);
    if (strange !== -1) this.#wrong(start + strange, 'base64', 'letters, digits, + and /');
    if (!isBase64(written)) this.#wrong(start, 'whole base64', 'four characters for each three bytes');
    this.#at = end;
    return Buffer.from(written, 'base64');
  }

  #lineBeforeBlank(from: number): number {
    return this.#hasCrlf ? lineBeforeBlank(this.#text, from) : this.#text.indexOf('\n\n', from);
  }

  /** A recorder that was killed leaves no newline at the end. */
  #isTorn(): boolean {
    return !this.#text.endsWith('\n');
  }

  #isHeaderAfterBlank(): boolean {
    return lineAt(this.#text, this.#at) === '' && this.#isHeaderAt(afterLine(this.#text, this.#at));
  }

  #isHeaderAt(at: number): boolean {
    return HEADER_LINE.test(lineAt(this.#text, at));
  }

  #peek(): string {
    return this.#text.slice(this.#at, this.#at + 64 * 1024);
  }

  #takeLine(): string {
    const line = lineAt(this.#text, this.#at);
    this.#at = afterLine(this.#text, this.#at);
    return line;
  }

  #line(at: number): number {
    let line = 1;
    for (let i = this.#text.indexOf('\n'); i !== -1 && i < at; i = this.#text.indexOf('\n', i + 1)) line++;
    return line;
  }

  #wrong(at: number, what: string, example: string): never {
    const column = at - this.#text.lastIndexOf('\n', at - 1);
    const line = lineAt(this.#text, at - column + 1);
    const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
    throw tapeWrong(
      `${this.#name}:${this.#line(at)}:${column}: '${shown}' is not ${what}. Write it as in: ${example}`,
    );
  }
}

/** Whether an answer begins there, or a request that has no business there. */
export function isStartLine(text: string, at: number): boolean {
  const line = lineAt(text, at);
  return readStatusLine(line) !== null || readRequestLine(line) !== null;
}

/** Whether a request begins there, or remarks that lead to one. */
export function isRequestAhead(text: string, at: number): boolean {
  let next = at;
  while (text[next] === '#') next = skipBlank(text, next + lineAt(text, next).length);
  return next === text.length || readRequestLine(lineAt(text, next)) !== null;
}
