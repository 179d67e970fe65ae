import { WILDCARD } from '../match/pattern.ts';
import { contentLength } from '../rec/head.ts';
import { type HeaderList, header } from '../tape/headers.ts';
import { boundaryOf } from '../tape/multipart.ts';
import { bytesOfLength, fromBase64 } from './body-bytes.ts';
import { formOf } from './encode-pairs.ts';
import { type Fields, fields, namedValues, size } from './fields.ts';
import { multipartOf, withMissingFiles } from './multipart.ts';
import { isType } from './read-headers.ts';

export interface Asking {
  request: Fields;
  headers: HeaderList;
  /** Marteau wrote it, and its length is that of the body, whatever the header says. */
  isOurs: boolean;
  note(sentence: string): void;
  /** A body that Playwright put beside the file; null where there is none. */
  readFile(path: string): Buffer | null;
}

/** The body of a request as it was sent, and the headers with its type. What is not in the file is XXX. */
export function readPostData(asking: Asking): { headers: HeaderList; body: Buffer } {
  const { request, headers, isOurs, note } = asking;
  const post = typeof request.postData === 'string' ? { text: request.postData } : fields(request.postData);
  const type = header(headers, 'content-type') ?? (isType(post.mimeType) ? post.mimeType : '');
  const sent = isOurs ? null : lengthOf(asking);
  const coding = header(headers, 'content-encoding');
  const file = typeof post._file === 'string' ? asking.readFile(post._file) : null;
  const read =
    file === null ? bodyOf(post, type, { length: sent, coding }, note) : { body: file, type, isSaid: false };
  const isMissing = read === null && sent !== null && sent > 0;
  if (isMissing)
    note(`the request's body (${sent} bytes) is not in the file: ${WILDCARD} stands in its place`);
  const body = read?.body ?? Buffer.from(isMissing ? WILDCARD : '');
  const isWhole = sent === null || read === null || read.isSaid || body.length === sent;
  if (!isWhole && coding === null)
    note(
      `the request's body is not as it was sent (${body.length} bytes are in the file, ${sent} bytes were sent)`,
    );
  return { headers: withType(headers, body.length === 0 ? '' : (read?.type ?? type)), body };
}

/** `isSaid`: that it is not as it was sent. */
interface Read {
  body: Buffer;
  type: string;
  isSaid: boolean;
}

/** What the request says of its body: bytes on the wire, null where nobody says, and their coding. */
interface Sent {
  length: number | null;
  coding: string | null;
}

function bodyOf(post: Fields, type: string, sent: Sent, note: Asking['note']): Read | null {
  if (typeof post.text === 'string' && post.text !== '') return bodyOfText(post, post.text, type, sent, note);
  if (typeof post.text === 'object' && post.text !== null) {
    note("the request's body is told as JSON's value, so its blanks and large numbers may be lost");
    return { body: Buffer.from(JSON.stringify(post.text)), type, isSaid: true };
  }
  const parameters = namedValues(post.params);
  if (parameters === null) return null;
  const hasFiles = parameters.some(({ more }) => typeof more.fileName === 'string');
  if (/^multipart\//i.test(type) || (type === '' && hasFiles)) {
    const made = multipartOf(parameters, type);
    noteFiles(made.missing, note);
    return { ...made, isSaid: made.missing.length > 0 };
  }
  if (type === '' || /urlencoded/i.test(type)) {
    // Charles and Firefox may leave out the text and tell the fields only.
    return {
      body: Buffer.from(formOf(parameters)),
      type: type || 'application/x-www-form-urlencoded',
      isSaid: false,
    };
  }
  note(
    `the request's body is told by its fields alone, of which no ${type} can be made: ${WILDCARD} stands in its place`,
  );
  return { body: Buffer.from(WILDCARD), type, isSaid: true };
}

function bodyOfText(
  post: Fields,
  text: string,
  said: string,
  { length: sent, coding }: Sent,
  note: Asking['note'],
): Read {
  if (/^base64$/i.test(String(post._encoding ?? post.encoding))) {
    const { bytes, isText } = fromBase64(text, sent);
    if (isText) note("the request's body is said to be base64 and is not, so it was taken as it is");
    return { body: bytes, type: said, isSaid: isText };
  }
  const form = /urlencoded/i.test(said) ? Buffer.from(formOf(namedValues(post.params) ?? [])) : null;
  // Some say a form decoded, of which its fields are more sure.
  const read = bytesOfLength(text, sent, coding);
  const body = coding === null && read.length !== sent && form?.length === sent ? form : read;
  const type = boundaryOf(said) === null ? withBoundaryOf(body, said) : said;
  if (sent === null || body.length >= sent) return { body, type, isSaid: false };
  const { text: filled, missing } = withMissingFiles(text, type);
  noteFiles(missing, note);
  return missing.length === 0
    ? { body, type, isSaid: false }
    : { body: Buffer.from(filled), type, isSaid: true };
}

/** Of a multipart body whose type names no boundary, the first line does. */
function withBoundaryOf(body: Buffer, type: string): string {
  const [, boundary] = /^--([^\s"]{1,70})\r?\n/.exec(body.toString('latin1', 0, 80)) ?? [];
  return boundary === undefined || !/^multipart\//i.test(type) ? type : `${type}; boundary=${boundary}`;
}

function noteFiles(names: readonly string[], note: Asking['note']): void {
  if (names.length === 0) return;
  note(
    `the content of ${names.join(', ')}, which was sent, is not in the file: ${WILDCARD} stands in its place`,
  );
}

/** Bytes that were sent; null where nobody says. */
function lengthOf({ request, headers }: Asking): number | null {
  const said = contentLength(headers) ?? size(request.bodySize);
  const isOdd =
    said === 0 || (contentLength(headers) === null && /^(GET|HEAD)$/i.test(String(request.method)));
  return isOdd || size(request._cutFrom) !== null ? null : said;
}

function withType(headers: HeaderList, type: string): HeaderList {
  if (type === '' || type === header(headers, 'content-type')) return headers;
  const others = headers.filter(([name]) => name.toLowerCase() !== 'content-type');
  return [...others, ['Content-Type', type]];
}
