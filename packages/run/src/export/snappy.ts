import { varint } from './protobuf.ts';

const LONGEST = 65_536;
/** A literal whose length, less one, follows in two bytes. */
const TWO_BYTES = 61 << 2;

/**
 * Snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt) with literals alone: any
 * reader takes it, and nothing is packed. What is sent is some kilobytes.
 */
export function snappy(plain: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [varint(plain.length)];
  for (let at = 0; at < plain.length; at += LONGEST) {
    const literal = plain.subarray(at, at + LONGEST);
    const less = literal.length - 1;
    parts.push(Uint8Array.of(TWO_BYTES, less & 0xff, less >> 8), literal);
  }
  return Buffer.concat(parts);
}
