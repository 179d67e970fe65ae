import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** Whether the bytes are a text that an editor shows and does not damage. */
export function isText(body: Buffer): boolean {
  return isUtf8(body) && !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(body.toString('latin1'));
}

/** The most that a body may become when its coding is taken off: a few KB can unpack to GB. */
const MAX_OUTPUT_LENGTH = 64 * 1024 * 1024;

const decoders: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gunzipSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH }),
  'x-gzip': (body) => gunzipSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH }),
  // Servers disagree on whether deflate has the header of zlib.
  deflate: (body) =>
    (body[0]! & 0x0f) === 8
      ? inflateSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH })
      : inflateRawSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH }),
  br: (body) => brotliDecompressSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH }),
  zstd: (body) => zstdDecompressSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH }),
};

/** The body without its content coding; null where it is in no coding that we know, or not really in it. */
export function decoded(body: Buffer, coding: string | null): Buffer | null {
  const decode = decoders[coding?.trim().toLowerCase() ?? ''];
  if (decode === undefined || body.length === 0) return null;
  try {
    return decode(body);
  } catch {
    return null;
  }
}
