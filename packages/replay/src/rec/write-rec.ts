import { isText } from '../tape/body.ts';
import type { Exchange, Message } from '../tape/exchange.ts';
import { asciiTarget } from '../tape/target.ts';
import { contentLength, HEADER_LINE, noNote, writeBodyNote, writeRemark, writeTiming } from './head.ts';
import { withItsLines } from './its-lines.ts';
import { isRequestAhead, isStartLine } from './read-rec.ts';

/** A whole tape in the text format, the same bytes for the same tape. */
export function writeRec(exchanges: readonly Exchange[]): Buffer {
  return Buffer.concat(
    exchanges.flatMap((exchange, i) => (i === 0 ? [writePair(exchange)] : [newline, writePair(exchange)])),
  );
}

const newline = Buffer.from('\n');

/** One exchange. Between two of them stands one more blank line. */
export function writePair({ comment, startedAt, latencyMs, request, answer }: Exchange): Buffer {
  const { method, origin } = request;
  const target = asciiTarget(request.target);
  const remarks = comment === '' ? '' : comment.split('\n').map(writeRemark).join('\n');
  return Buffer.concat([
    Buffer.from(remarks === '' ? '' : `${remarks}\n`),
    Buffer.from(
      `${writeTiming(startedAt, latencyMs)}${method} ${origin ?? ''}${target} HTTP/${request.version}\n`,
      'latin1',
    ),
    ...writeMessage(request, isStartLine, ''),
    newline,
    Buffer.from(
      `${answer.version === '1.1' ? '' : `HTTP/${answer.version} `}${withoutBlanks(`${answer.status} ${answer.reason}`)}\n`,
      'latin1',
    ),
    ...writeMessage(answer, isRequestAhead, answer.status === 304 || answer.status === 204 ? 'HEAD' : method),
  ]);
}

function writeMessage(
  { headers, body, cutFrom }: Message,
  isNext: (text: string, at: number) => boolean,
  method: string,
): Buffer[] {
  const lines = headers.map(([name, value]) => withoutBlanks(`${name}: ${value}`));
  const base64 = body.length > 0 && !isText(body);
  const promised = method === 'HEAD' ? 0 : contentLength(headers);
  const isFound = promised === null ? isPlain(body, headers.length, isNext) : promised === body.length;
  const isClear = isFound && withItsLines(body, { headers, promised, isCrlf: false }) === body;
  const bytes = base64 || isClear ? null : body.length;
  const note = writeBodyNote({ ...noNote, bytes, base64, cutFrom });
  const head = Buffer.from(`${lines.map((line) => `${line}\n`).join('')}${note}\n`, 'latin1');
  if (body.length === 0) return [head];
  return [head, base64 ? Buffer.from(wrapped(body)) : body, newline];
}

/** Whether a reader finds the end of the body without being told its length. */
function isPlain(body: Buffer, headers: number, isNext: (text: string, at: number) => boolean): boolean {
  const text = body.toString('latin1');
  if (text === '') return true;
  if (/^\r?\n|\n\r?\n|[\r\n]$/.test(text) || isNext(text, 0)) return false;
  return headers > 0 || !HEADER_LINE.test(text.split('\n', 1)[0]!);
}

function wrapped(body: Buffer): string {
  return body.toString('base64').replace(/.{76}(?=.)/g, '$&\n');
}

/** Those at its end are no part of a line; any other character is. */
function withoutBlanks(line: string): string {
  return line.replace(/[ \t]+$/, '');
}
