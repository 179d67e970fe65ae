import { pipeline, Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzip,
  inflate,
  inflateRaw,
  zstdDecompress,
} from 'node:zlib';

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
  return promisify(isZlib(bytes) ? inflate : inflateRaw)(bytes, limits);
}

function isZlib(bytes: Uint8Array): boolean {
  return (bytes[0]! & 0x0f) === 8;
}

const streams: Record<string, (first: Uint8Array) => Transform> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first) => (isZlib(first) ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** The same for a body that comes in parts, as they come. Throws zlib's error, or what the parts throw. */
export async function* decompressed(
  parts: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  const [coding = '', ...before] = encoding.split(',').reverse();
  const plainer = before.length === 0 ? null : before.reverse().join(',');
  yield* plainer === null ? undo(parts, coding.trim()) : decompressed(undo(parts, coding.trim()), plainer);
}

async function* undo(parts: AsyncIterable<Uint8Array>, coding: string): AsyncGenerator<Uint8Array> {
  const source = parts[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const decoder = streams[coding]!(first.value);
  async function* all() {
    yield first.value as Uint8Array;
    yield* { [Symbol.asyncIterator]: () => source };
  }
  // What goes wrong is thrown by reading the decoder.
  pipeline(Readable.from(all()), decoder, () => undefined);
  yield* decoder as AsyncIterable<Uint8Array>;
}
