import type { Exchange } from '../tape/exchange.ts';
import { asMethod, isMethod } from '../tape/method.ts';
import { type Fields, fields, size } from './fields.ts';
import { whyLeftOut } from './left-out.ts';
import { readPostData } from './post-data.ts';
import { readAddress } from './read-address.ts';
import { readContent } from './read-content.ts';
import { answerHeaders, requestHeaders } from './read-headers.ts';

export interface EntryReader {
  /** What makes the file unreadable. */
  refuse(sentence: string): Error;
  /** What was put right, or lost. */
  note(sentence: string): void;
  /** A body that lies beside the file; null where there is none. */
  readFile(path: string): Buffer | null;
  /** Marteau wrote the file. */
  isOurs: boolean;
}

/** One entry of a HAR: the exchange, or why it is none. */
export function readEntry(written: unknown, reader: EntryReader): Exchange | string {
  const { refuse, note } = reader;
  const entry = fields(written);
  const [request, response] = [fields(entry.request), fields(entry.response)];
  const { method, url } = request;
  if (typeof method !== 'string') throw refuse('request.method is missing. Write it as "method": "GET".');
  if (!isMethod(method))
    throw refuse(`request.method '${method.slice(0, 40)}' is no method. Write it as "method": "GET".`);
  if (typeof url !== 'string')
    throw refuse('request.url is missing. Write it as "url": "https://host/path".');
  const foreign = whyLeftOut(entry);
  if (foreign !== null) return foreign;
  const address = readAddress(request, note);
  if (address === null) throw refuse(`request.url '${url.slice(0, 80)}' is no URL.`);
  const status = Number(response.status);
  if (!Number.isInteger(status) || status < 100 || status > 999)
    throw refuse(`response.status is ${JSON.stringify(response.status)}, not a status such as 200.`);

  const { userinfo, ...where } = address;
  const asked = readPostData({ ...reader, request, headers: requestHeaders(request, userinfo, note) });
  const content =
    typeof response.content === 'string' ? { text: response.content } : fields(response.content);
  const answer = readContent(content, answerHeaders(response, note), reader);
  const cutFrom = size(response._cutFrom) ?? (answer.body === null ? size(content.size) : null);
  if (answer.body === null && cutFrom)
    note(`the answer's body (${cutFrom} bytes) is not in the file. Export it with its content`);
  else if (status === 304 && !answer.body?.length && !reader.isOurs)
    note('the answer is 304, and clients without a copy get none. Export it with an empty cache');
  return {
    comment: typeof entry.comment === 'string' ? entry.comment.toWellFormed().replace(/\r\n?/g, '\n') : '',
    ...readTimes(entry),
    request: {
      version: readVersion(request.httpVersion),
      ...asked,
      cutFrom: size(request._cutFrom),
      method: asMethod(method),
      ...where,
    },
    answer: {
      version: readVersion(response.httpVersion),
      headers: answer.headers,
      body: answer.body ?? Buffer.alloc(0),
      cutFrom,
      status,
      reason: readReason(response.statusText),
    },
  };
}

/** `http/2.0`, `h2`, `HTTP/1.1`, `h3`, `unknown`. */
function readVersion(written: unknown): string {
  const [, version] = /^(?:http\/|h)(\d(?:\.\d)?)/i.exec(String(written)) ?? [];
  if (version === undefined) return '1.1';
  return version === '1.0' || version === '1.1' ? version : version[0]!;
}

/** HAR holds characters, the wire bytes: what is beyond latin1 was UTF-8. */
function readReason(written: unknown): string {
  if (typeof written !== 'string') return '';
  const bytes = /[^\0-\xff]/.test(written) ? Buffer.from(written).toString('latin1') : written;
  return bytes.replace(/[\0-\x1f\x7f]+/g, ' ').trimEnd();
}

/** The end of the year 9999, and as long as numbers have all their digits. */
const LAST_INSTANT = Date.UTC(10_000, 0) - 1;
const LONGEST_MS = 1e12;

/** What the server took: browsers count their own queue and the way to the server in, too. */
function readTimes(entry: Fields): { startedAt: number | null; latencyMs: number | null } {
  // Charles writes +0100, which the standard writes +01:00.
  const instant = Date.parse(String(entry.startedDateTime).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  const timings = fields(entry.timings);
  const parts = [timings.send, timings.wait, timings.receive].map(Number);
  const known = parts.every((part) => part >= 0);
  const latency = known ? parts.reduce((sum, part) => sum + part, 0) : Number(entry.time ?? -1);
  return {
    startedAt: instant > 0 && instant <= LAST_INSTANT ? instant : null,
    latencyMs: latency >= 0 && latency <= LONGEST_MS ? Number(latency.toFixed(3)) : null,
  };
}
