import { type HeaderList, header } from '../tape/headers.ts';
import { bytesOfLength, fromBase64 } from './body-bytes.ts';
import { asSent } from './charset.ts';
import { type Fields, size } from './fields.ts';

/** What is said of texts; of the rest a character is a byte. */
const TEXT = /text|json|xml|javascript|html|css|urlencoded|graphql|yaml|csv|^$/i;

/** A text may be so much shorter than what was received: a byte order mark is no part of it. */
const MARK = 3;

/** The body of an answer as it was, with headers that fit; a body of null is not in the file. */
export function readContent(
  content: Fields,
  headers: HeaderList,
  {
    readFile,
    isOurs,
    note,
  }: { readFile(path: string): Buffer | null; isOurs: boolean; note(sentence: string): void },
): { headers: HeaderList; body: Buffer | null } {
  const length = isOurs ? null : size(content.size);
  const type = header(headers, 'content-type') ?? String(content.mimeType ?? '');
  const isCoded = /^base64$/i.test(String(content.encoding));
  if (typeof content._file === 'string') {
    const body = readFile(content._file);
    return body === null || isCoded ? { headers, body } : asSent({ headers, body });
  }
  if (typeof content.text !== 'string')
    return { headers, body: Number(content.size) > 0 ? null : Buffer.alloc(0) };
  if (isCoded) {
    const { bytes, isText } = fromBase64(content.text, length);
    if (!isText) return { headers, body: bytes };
    note("the answer's body is said to be base64 and is not, so it was taken as it is");
    return asSent({ headers, body: bytes });
  }
  if (!TEXT.test(type)) return { headers, body: bytesOfLength(content.text, length) };
  const read = asSent({ headers, body: Buffer.from(content.text) });
  const isWide = /charset="?utf-?(16|32)/i.test(type);
  if (length !== null && !isWide && length - read.body.length > MARK)
    note(
      `the answer's text may have been cut (${read.body.length} bytes of ${length} bytes are in the file)`,
    );
  return read;
}
