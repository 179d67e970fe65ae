import type { Exchange } from '../tape/exchange.ts';
import type { HeaderList } from '../tape/headers.ts';
import { asSent } from './charset.ts';

type Fields = Record<string, unknown>;
type Refuse = (sentence: string) => Error;

/** One entry of a HAR: the exchange with what had to be put right, or why it is none. */
export function readEntry(
  written: unknown,
  refuse: Refuse,
  readFile: (path: string) => Buffer | null,
): { exchange: Exchange; note: string | null } | string {
  const entry = fields(written);
  const [request, response] = [fields(entry.request), fields(entry.response)];
  const [method, url] = [request.method, request.url];
  if (typeof method !== 'string' || !/^[!-~]+$/.test(method))
    throw refuse('request.method is missing. Write it as "method": "GET".');
  if (typeof url !== 'string')
    throw refuse('request.url is missing. Write it as "url": "https://host/path".');
  const foreign = notAnExchange(method, url, entry, response);
  if (foreign !== null) return foreign;
  const address = readUrl(url, request._target);
  if (address === null) throw refuse(`request.url '${url.slice(0, 80)}' is no URL.`);
  const status = Number(response.status);
  if (!Number.isInteger(status) || status < 100 || status > 999)
    throw refuse(`response.status is ${JSON.stringify(response.status)}, not a status such as 200.`);

  const content = fields(response.content);
  const answer = readContent(content, readFile);
  const headers = readHeaders(response.headers);
  const exported = { headers, body: answer ?? Buffer.alloc(0) };
  const asked = readPostData(fields(request.postData));
  const exchange: Exchange = {
    comment: typeof entry.comment === 'string' ? entry.comment : '',
    ...readTimes(entry),
    request: {
      version: readVersion(request.httpVersion),
      headers: readHeaders(request.headers),
      body: asked,
      cutFrom: size(request._cutFrom),
      method,
      ...address,
    },
    answer: {
      version: readVersion(response.httpVersion),
      ...(content.encoding === 'base64' ? exported : asSent(exported)),
      cutFrom: size(response._cutFrom) ?? (answer === null ? size(content.size) : null),
      status,
      reason: typeof response.statusText === 'string' ? latin1(response.statusText) : '',
    },
  };
  const note =
    answer === null && exchange.answer.cutFrom
      ? `the answer's body (${exchange.answer.cutFrom} bytes) is not in the file. Export it with its content`
      : null;
  return { exchange, note };
}

/** What browsers put among the requests though nothing, or something else, went over the wire. */
function notAnExchange(method: string, url: string, entry: Fields, response: Fields): string | null {
  if (method === 'CONNECT') return 'it is a tunnel, and what passed through it was not recorded';
  if (/^wss?:/i.test(url) || entry._resourceType === 'websocket') return 'it is a WebSocket';
  if (!/^https?:\/\//i.test(url)) return `${url.slice(0, 12)}… is not on the network`;
  if (!response.status || Number(response.status) <= 0) {
    const why = response._error ?? fields(response)._failureText;
    return `it was never answered${typeof why === 'string' && why !== '' ? ` (${why})` : ''}`;
  }
  return null;
}

function readUrl(url: string, given: unknown): { origin: string | null; target: string } | null {
  const [, origin = '', rest = ''] = /^(https?:\/\/[^/?#\s]+)([^#\s]*)/i.exec(url) ?? [];
  if (origin === '') return null;
  if (typeof given === 'string') return { origin: null, target: given };
  // Userinfo never was on the wire.
  const bare = origin.toLowerCase().replace(/\/\/[^@]*@/, '//');
  return {
    origin: bare.replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2'),
    target: latin1(rest.startsWith('/') ? rest : `/${rest}`),
  };
}

/** `http/2.0`, `h2`, `HTTP/1.1`, `h3`, `unknown`. */
function readVersion(written: unknown): string {
  const [, version] = /^(?:http\/|h)(\d(?:\.\d)?)/i.exec(String(written)) ?? [];
  if (version === undefined) return '1.1';
  return version === '1.0' || version === '1.1' ? version : version[0]!;
}

/** Drops the pseudo headers of HTTP/2, and parts what Chrome joins with newlines. */
function readHeaders(written: unknown): HeaderList {
  const list: [string, string][] = [];
  for (const each of Array.isArray(written) ? written : []) {
    const { name, value } = fields(each);
    if (typeof name !== 'string' || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) continue;
    for (const part of String(value ?? '').split('\n')) list.push([name, latin1(part.trim())]);
  }
  return list;
}

function readPostData(post: Fields): Buffer {
  if (typeof post.text === 'string' && post.text !== '') {
    const coded = post._encoding === 'base64' || post.encoding === 'base64';
    return Buffer.from(post.text, coded ? 'base64' : 'utf8');
  }
  if (!Array.isArray(post.params) || !/urlencoded/i.test(String(post.mimeType))) return Buffer.alloc(0);
  // Charles and Firefox may leave out the text and tell the fields only.
  const pairs = post.params
    .map(fields)
    .map(({ name, value }): [string, string] => [String(name), String(value ?? '')]);
  return Buffer.from(new URLSearchParams(pairs).toString());
}

/** Null for a body that is not in the file. */
function readContent(content: Fields, readFile: (path: string) => Buffer | null): Buffer | null {
  if (typeof content._file === 'string') return readFile(content._file);
  if (typeof content.text === 'string')
    return Buffer.from(content.text, content.encoding === 'base64' ? 'base64' : 'utf8');
  return Number(content.size) > 0 ? null : Buffer.alloc(0);
}

/** What the server took: browsers count their own queue and the way to the server in, too. */
function readTimes(entry: Fields): { startedAt: number | null; latencyMs: number | null } {
  // Charles writes +0100, which the standard writes +01:00.
  const instant = Date.parse(String(entry.startedDateTime).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  const timings = fields(entry.timings);
  const parts = [timings.send, timings.wait, timings.receive].map(Number);
  const known = parts.every((part) => part >= 0);
  const latency = known ? parts.reduce((sum, part) => sum + part, 0) : Number(entry.time ?? -1);
  return {
    startedAt: Number.isFinite(instant) && instant > 0 ? instant : null,
    latencyMs: latency >= 0 ? Number(latency.toFixed(3)) : null,
  };
}

function size(written: unknown): number | null {
  return typeof written === 'number' && Number.isInteger(written) && written >= 0 ? written : null;
}

function fields(written: unknown): Fields {
  return typeof written === 'object' && written !== null ? (written as Fields) : {};
}

/** HAR holds characters, the wire bytes: what is beyond latin1 was UTF-8. */
function latin1(text: string): string {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text).toString('latin1') : text;
}
