import { decoded } from '../tape/body.ts';
import { type HeaderList, header } from '../tape/headers.ts';
import { boundaryOf } from '../tape/multipart.ts';
import { WILDCARD } from './pattern.ts';

/** Whether the bytes of a body may differ for the same content: in a coding, or in parts. */
export function isOpen(headers: HeaderList, body: Buffer): boolean {
  const isCoded = header(headers, 'content-encoding') !== null;
  return body.length > 0 && (isCoded || /^multipart\//i.test(header(headers, 'content-type') ?? ''));
}

/** A body as it is compared where it is open: without its content coding, and with any boundary. */
export function comparable(headers: HeaderList, body: Buffer): Buffer {
  return body.length === 0 ? body : withOpenBoundary(headers, withoutCoding(headers, body));
}

/** Without its content coding, which two compressors do not write alike. */
export function withoutCoding(headers: HeaderList, body: Buffer): Buffer {
  return decoded(body, header(headers, 'content-encoding')) ?? body;
}

/** With XXX for the boundary, which clients draw anew for each multipart body. */
export function withOpenBoundary(headers: HeaderList, body: Buffer): Buffer {
  if (body[0] !== DASH || body[1] !== DASH) return body;
  const boundary = boundaryIn(headers, body);
  if (boundary === null) return body;
  // Not all clients end the last line.
  const text = body.toString('latin1').replace(/--\r?\n$/, '--');
  return Buffer.from(text.replaceAll(`--${boundary}`, `--${WILDCARD}`), 'latin1');
}

/** `multipart/form-data; boundary=XXX`, whatever the boundary was. */
export function withAnyBoundary(type: string): string {
  const boundary = boundaryOf(type);
  return boundary === null ? type : type.replace(boundary, WILDCARD);
}

const DASH = 0x2d;

/** The one that the header names, or where the two do not fit, that of the first line. */
function boundaryIn(headers: HeaderList, body: Buffer): string | null {
  const type = header(headers, 'content-type') ?? '';
  if (!/^multipart\//i.test(type)) return null;
  const named = boundaryOf(type);
  if (named !== null && body.includes(`--${named}`, 0, 'latin1')) return named;
  return /^--([^\r\n]{1,70})\r?\n/.exec(body.toString('latin1', 0, 80))?.[1] ?? null;
}
