import type { IncomingMessage } from 'node:http';
import { endsHere, type HeaderList, header, pairs } from '../tape/headers.ts';

/** Headers of an answer for the client, as a flat list: without those of the connection on which it came. */
export function passedBack(answer: IncomingMessage, isOld: boolean): string[] {
  const headers: HeaderList = pairs(answer.rawHeaders);
  const flat = headers.flatMap(([name, value]) => (endsHere(name.toLowerCase()) ? [] : [name, value]));
  const isChunked = /chunked/i.test(header(headers, 'transfer-encoding') ?? '');
  const trailers = header(headers, 'trailer');
  if (isChunked && !isOld)
    flat.push('Transfer-Encoding', 'chunked', ...(trailers === null ? [] : ['Trailer', trailers]));
  return flat;
}
