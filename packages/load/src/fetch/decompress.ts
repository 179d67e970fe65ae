import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

/** What our requests say they take. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

/** The largest body that a few bytes may unfold to. */
const LARGEST = 256 * 1024 * 1024;

const limits = { maxOutputLength: LARGEST };
const decoders: Record<string, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: (bytes) => promisify(gunzip)(bytes, limits),
  'x-gzip': (bytes) => promisify(gunzip)(bytes, limits),
  deflate: inflateEither,
  br: (bytes) => promisify(brotliDecompress)(bytes, limits),
  zstd: (bytes) => promisify(zstdDecompress)(bytes, limits),
};

/** Whether a Content-Encoding is one that we undo; any other is handed to the script as it came. */
export function isDecodable(encoding: string): boolean {
  return encoding !== '' && encoding.split(',').every((coding) => Object.hasOwn(decoders, coding.trim()));
}

/** Undoes a Content-Encoding, the last coding first. Rejects with zlib's error. */
export async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  let plain = bytes;
  for (const coding of encoding.split(',').reverse()) plain = await decoders[coding.trim()]!(plain);
  return plain;
}

/** `deflate` is zlib's format by the standard and raw deflate from some servers; the first byte tells. */
function inflateEither(bytes: Buffer): Promise<Buffer> {
  const zlibFormat = (bytes[0]! & 0x0f) === 8;
  return promisify(zlibFormat ? inflate : inflateRaw)(bytes, limits);
}
