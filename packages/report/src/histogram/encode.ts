import { deflateSync } from 'node:zlib';
import { mostStored, zlibStored } from '@marteau/measure';
import type { Histogram } from './histogram.ts';
import { highest } from './layout.ts';

/** Writes an HdrHistogram in the compressed V2 encoding, base64: other tools of the family read it. */
export function encodeHistogram(histogram: Histogram): string {
  const words = wordsOf(histogram);
  const last = histogram.index[histogram.index.length - 1] ?? 0;
  const plain = Buffer.alloc(40 + words.length);
  plain.writeInt32BE(0x1c849303 | 0x10, 0);
  plain.writeInt32BE(words.length, 4);
  plain.writeInt32BE(0, 8); // normalizing index offset
  plain.writeInt32BE(histogram.layout.digits, 12);
  plain.writeBigInt64BE(1n, 16); // lowest discernible value
  plain.writeBigInt64BE(BigInt(Math.max(2, highest(histogram.layout, last))), 24);
  plain.writeDoubleBE(1, 32); // integer to double conversion ratio
  plain.set(words, 40);
  const packed = plain.length <= mostStored ? zlibStored(plain) : deflateSync(plain);
  const outer = Buffer.alloc(8);
  outer.writeInt32BE(0x1c849304 | 0x10, 0);
  outer.writeInt32BE(packed.length, 4);
  return Buffer.concat([outer, packed]).toString('base64');
}

/** Counts and runs of empty buckets as ZigZag LEB128 words. */
function wordsOf({ index, counts }: Histogram): Uint8Array {
  const bytes: number[] = [];
  const put = (zigzag: number) => {
    let rest = zigzag;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  };
  let next = 0;
  for (let i = 0; i < index.length; i++) {
    const empty = index[i]! - next;
    if (empty > 0) put(2 * empty - 1);
    put(2 * counts[i]!);
    next = index[i]! + 1;
  }
  return Uint8Array.from(bytes);
}
