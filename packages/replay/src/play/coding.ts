import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { decoded } from '../tape/body.ts';
import { type HeaderList, header } from '../tape/headers.ts';

const encoders: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gzipSync(body),
  'x-gzip': (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
  zstd: (body) => zstdCompressSync(body),
};

/** The coding that an answer's header names and its body on the tape is not in; null where there is nothing to encode. */
export function missingCoding(headers: HeaderList, body: Buffer): string | null {
  const coding = header(headers, 'content-encoding')?.toLowerCase() ?? '';
  if (!Object.hasOwn(encoders, coding) || body.length === 0) return null;
  return decoded(body, coding) === null ? coding : null;
}

export function encode(body: Buffer, coding: string): Buffer {
  return encoders[coding]!(body);
}

/** Whether a client takes a coding. */
export function accepts(headers: HeaderList, coding: string): boolean {
  const wanted = header(headers, 'accept-encoding')?.toLowerCase() ?? '';
  return wanted.split(',').some((part) => {
    const [name = '', quality = ''] = part.split(';').map((each) => each.trim());
    return (name === coding || name === '*') && !/^q=0(\.0*)?$/.test(quality);
  });
}
