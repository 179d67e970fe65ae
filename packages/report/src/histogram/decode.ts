import type { Accumulator } from './accumulator.ts';
import { inflate } from './inflate.ts';
import { type Layout, layoutOf } from './layout.ts';

const compressedCookie = 0x1c849304;
const plainCookie = 0x1c849303;
const headerBytes = 40;

/**
 * Adds an HdrHistogram in the compressed V2 encoding, base64, to a sum. An empty text adds nothing.
 * Format: https://github.com/HdrHistogram/HdrHistogram, AbstractHistogram.encodeIntoByteBuffer.
 * @throws Error when the text is no such histogram
 */
export function decodeInto(base64: string, sum: Accumulator): void {
  if (base64 === '') return;
  if (scratch.length < base64.length) scratch = Buffer.alloc(2 * base64.length);
  const outer = scratch.subarray(0, scratch.write(base64, 'base64'));
  if (outer.length < 8 || (wordAt(outer, 0) & ~0xf0) !== compressedCookie) {
    throw new Error('not an HdrHistogram in the compressed V2 encoding');
  }
  const plain = inflate(outer.subarray(8, 8 + wordAt(outer, 4)));
  if (plain.length < headerBytes || (wordAt(plain, 0) & ~0xf0) !== plainCookie) {
    throw new Error('not an HdrHistogram in the V2 encoding');
  }
  const digits = wordAt(plain, 12);
  if (digits < 0 || digits > 5) throw new Error(`an HdrHistogram of ${digits} digits`);
  if (wordAt(plain, 16) !== 0 || wordAt(plain, 20) !== 1) {
    throw new Error('an HdrHistogram whose unit is not 1');
  }
  const layout = layouts[digits]!;
  sum.begin(layout);
  addBuckets(layout, plain, Math.min(plain.length, headerBytes + wordAt(plain, 4)), sum);
}

/** 32 bits with a sign, the high byte first; a DataView of each text would be as large as the text. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** One table for all texts: there are hundreds of thousands of them. */
let scratch = Buffer.alloc(65_536);

const layouts = [0, 1, 2, 3, 4, 5].map(layoutOf);
/** Beyond any latency: 2^53 µs with five digits. */
const mostBuckets = 6_000_000;

/** ZigZag LEB128 words: a positive one is a count, a negative one that many empty buckets. */
function addBuckets(layout: Layout, bytes: Uint8Array, end: number, sum: Accumulator): void {
  let bucket = 0;
  let at = headerBytes;
  while (at < end) {
    let byte = bytes[at++]!;
    let word = byte & 0x7f;
    for (let scale = 128; byte >= 0x80 && at < end; scale *= 128) {
      byte = bytes[at++]!;
      word += (byte & 0x7f) * scale;
    }
    if (word % 2 === 1) bucket += (word + 1) / 2;
    else {
      if (bucket > mostBuckets) throw new Error('an HdrHistogram with more buckets than there can be');
      if (word > 0) sum.add(layout, bucket, word / 2);
      bucket++;
    }
  }
}
