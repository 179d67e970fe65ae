import { inflateSync } from 'node:zlib';
import { emptyHistogram, type Histogram } from './histogram.ts';
import { type Layout, layoutOf } from './layout.ts';

const compressedCookie = 0x1c849304;
const plainCookie = 0x1c849303;
const headerBytes = 40;

/**
 * Reads an HdrHistogram in the compressed V2 encoding, base64. The empty string is the empty histogram.
 * Format: https://github.com/HdrHistogram/HdrHistogram, AbstractHistogram.encodeIntoByteBuffer.
 * @throws Error when the text is no such histogram
 */
export function decodeHistogram(base64: string): Histogram {
  if (base64 === '') return emptyHistogram;
  const outer = Buffer.from(base64, 'base64');
  if (outer.length < 8 || (outer.readInt32BE(0) & ~0xf0) !== compressedCookie) {
    throw new Error('not an HdrHistogram in the compressed V2 encoding');
  }
  const plain = inflateSync(outer.subarray(8, 8 + outer.readInt32BE(4)));
  if (plain.length < headerBytes || (plain.readInt32BE(0) & ~0xf0) !== plainCookie) {
    throw new Error('not an HdrHistogram in the V2 encoding');
  }
  const layout = layoutOf(plain.readInt32BE(12));
  if (plain.readBigInt64BE(16) !== 1n) throw new Error('an HdrHistogram whose unit is not 1');
  const end = Math.min(plain.length, headerBytes + plain.readInt32BE(4));
  return readBuckets(layout, plain, end);
}

/** ZigZag LEB128 words: a positive one is a count, a negative one that many empty buckets. */
function readBuckets(layout: Layout, bytes: Buffer, end: number): Histogram {
  const index: number[] = [];
  const counts: number[] = [];
  let total = 0;
  let bucket = 0;
  let at = headerBytes;
  while (at < end) {
    let word = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = bytes[at++] ?? 0;
      word += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80 && at < end);
    if (word % 2 === 1) {
      bucket += (word + 1) / 2;
      continue;
    }
    if (word > 0) {
      index.push(bucket);
      counts.push(word / 2);
      total += word / 2;
    }
    bucket++;
  }
  return { layout, index: Int32Array.from(index), counts: Float64Array.from(counts), total };
}
