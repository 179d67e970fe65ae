import { decoded, isText } from '../tape/body.ts';
import type { RecordedRequest } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';
import { quote } from './sources.ts';
import { literal } from './template.ts';
import { writeJson } from './write-json.ts';
import { writeMultipart } from './write-multipart.ts';
import { writePairs } from './write-target.ts';
import type { Writing } from './writing.ts';

/** `body: …`; nothing where there is none. */
export function writeBody(requests: readonly RecordedRequest[], writing: Writing): string[] {
  const [request] = requests as [RecordedRequest];
  const { method, target, headers, body, cutFrom } = request;
  const what = `${method} ${target.split('?', 1)[0]}`;
  if (cutFrom !== null) writing.note('The tape has only the beginning of the bodies of these', what);
  if (body.length === 0) return [];
  if (method === 'GET' || method === 'HEAD') {
    writing.note('fetch sends no bodies with GET and HEAD, so they were left out of these', what);
    return [];
  }
  const code = writeBytes(requests, what, writing);
  // Without a type of its own a text would get that of a plain one.
  const isTyped = header(headers, 'content-type') !== null || code.startsWith('Buffer.from(');
  return [`body: ${isTyped ? code : `Buffer.from(${code})`}`];
}

/** The source of the bytes that are sent. */
function writeBytes(requests: readonly RecordedRequest[], what: string, writing: Writing): string {
  const [{ headers, body }] = requests as [RecordedRequest];
  const coding = header(headers, 'content-encoding')?.trim().toLowerCase() ?? '';
  const compressor = Object.hasOwn(compressors, coding) ? compressors[coding]! : null;
  const plain = withoutCoding(requests[0]!);
  if (!isText(plain)) {
    const bytes = `Buffer.from('${body.toString('base64')}', 'base64')`;
    return compressor === null || plain !== body ? bytes : compressed(compressor, bytes, writing);
  }
  const text = writeText(
    requests.map((each) => withoutCoding(each).toString()),
    requests.map((each) => header(each.headers, 'content-type') ?? ''),
    what,
    writing,
  );
  return compressor === null ? text : compressed(compressor, text, writing);
}

const compressors: Record<string, string> = {
  gzip: 'gzipSync',
  'x-gzip': 'gzipSync',
  deflate: 'deflateSync',
  br: 'brotliCompressSync',
  zstd: 'zstdCompressSync',
};

/** Tapes have texts without the coding that their headers name. */
function compressed(compressor: string, code: string, writing: Writing): string {
  writing.compressors.add(compressor);
  return `${compressor}(${code})`;
}

function withoutCoding({ headers, body }: RecordedRequest): Buffer {
  return decoded(body, header(headers, 'content-encoding')) ?? body;
}

function writeText(
  texts: readonly string[],
  types: readonly string[],
  what: string,
  writing: Writing,
): string {
  const [text] = texts as [string];
  const { values } = writing;
  if (/x-www-form-urlencoded/i.test(types[0]!))
    return `\`${writePairs(
      texts.map((each) => each.split('&')),
      writing,
    ).join('&')}\``;
  const fields = /^multipart\//i.test(types[0]!) ? writeMultipart(texts, types, values) : null;
  const known = fields ?? writeJson(texts, values);
  if (known !== null) return known;
  if (text === 'XXX') return values.codeFor('body', texts) ?? quote(text);
  if (text.includes('XXX')) writing.note('Fill in what the tape has as XXX in the bodies of these', what);
  return text.includes('\n') ? `\`${literal(text)}\`` : quote(text);
}
