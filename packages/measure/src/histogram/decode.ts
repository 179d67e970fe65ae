import { inflateSync } from 'node:zlib';
import type { Histogram } from './histogram.ts';
import { layouts } from './layout.ts';

const COMPRESSED_COOKIE = 0x1c849304;
const PLAIN_COOKIE = 0x1c849303;
const HEADER_BYTES = 40;

/**
 * Adds the cells of an HdrHistogram in the compressed V2 encoding, base64, to a sum. An empty text adds nothing.
 * Format: https://github.com/HdrHistogram/HdrHistogram, AbstractHistogram.encodeIntoByteBuffer.
 * @returns how many values they count
 * @throws Error when the text is no such histogram
 */
export function decodeInto(base64: string, sum: Histogram): number {
  if (base64 === '') return 0;
  if (scratch.length < base64.length) scratch = Buffer.alloc(2 * base64.length);
  const length = scratch.write(base64, 'base64');
  if (length < 8 || (wordAt(scratch, 0) & ~0xf0) !== COMPRESSED_COOKIE) {
    throw new Error('not an HdrHistogram in the compressed V2 encoding');
  }
  const end = Math.min(length, 8 + wordAt(scratch, 4));
  // Small ones are kept as they are (`zlibStored`), and read where they lie: to set up an inflater takes 40 µs, and a
  // report reads 160,000 of them.
  if (isStored(scratch)) return addPlain(scratch, ZLIB_BEGIN + STORED_BEGIN, storedEnd(scratch, end), sum);
  const plain = inflated(scratch.subarray(ZLIB_BEGIN, end));
  return addPlain(plain, 0, plain.length, sum);
}

/** Where the zlib stream begins, after the cookie and its length; and in it the bytes of a stored block. */
const ZLIB_BEGIN = 8;
const STORED_BEGIN = 7;

/** Whether the stream is one block that is stored as it is: RFC 1950, 2.2, and RFC 1951, 3.2.4. */
function isStored(bytes: Uint8Array): boolean {
  return bytes[ZLIB_BEGIN] === 0x78 && bytes[ZLIB_BEGIN + 1] === 0x01 && bytes[ZLIB_BEGIN + 2] === 1;
}

function storedEnd(bytes: Uint8Array, end: number): number {
  const last = ZLIB_BEGIN + STORED_BEGIN + (bytes[ZLIB_BEGIN + 3]! | (bytes[ZLIB_BEGIN + 4]! << 8));
  if (last > end) throw damaged();
  return last;
}

function inflated(stream: Uint8Array): Uint8Array {
  try {
    return inflateSync(stream, { maxOutputLength: MOST_BYTES });
  } catch {
    throw damaged();
  }
}

const damaged = () => new Error('an HdrHistogram whose compressed bytes are damaged');
/** As many as the most buckets could take. */
const MOST_BYTES = 64_000_000;

/** Adds an HdrHistogram in the plain V2 encoding, which stands at `begin … end` of some bytes. */
function addPlain(bytes: Uint8Array, begin: number, end: number, sum: Histogram): number {
  if (end - begin < HEADER_BYTES || (wordAt(bytes, begin) & ~0xf0) !== PLAIN_COOKIE) {
    throw new Error('not an HdrHistogram in the V2 encoding');
  }
  const digits = wordAt(bytes, begin + 12);
  if (digits < 0 || digits > 5) throw new Error(`an HdrHistogram of ${digits} digits`);
  if (wordAt(bytes, begin + 16) !== 0 || wordAt(bytes, begin + 20) !== 1) {
    throw new Error('an HdrHistogram whose unit is not 1');
  }
  const from = begin + HEADER_BYTES;
  return sum.addWords(layouts[digits]!, bytes, from, Math.min(end, from + wordAt(bytes, begin + 4)));
}

/** 32 bits with a sign, the high byte first; a DataView of each text would be as large as the text. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** One table for all texts: there are hundreds of thousands of them. */
let scratch = Buffer.alloc(65_536);
