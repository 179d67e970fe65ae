import { deflateSync } from 'node:zlib';
import type { Distribution } from '../schema/distribution.ts';
import { HIGHEST, highestOf } from './layout.ts';
import type { Times } from './times.ts';
import { MOST_STORED, zlibStored } from './zlib-stored.ts';

const COOKIE = 0x1c849303 | 0x10;
const COMPRESSED_COOKIE = 0x1c849304 | 0x10;
const HEADER = 40;
const LONGEST_NUMBER = 9;

/**
 * HdrHistogram's V2 compressed format as base64. The payload is zigzag LEB128: a positive number is a cell's count, a
 * negative one so many empty cells. (https://github.com/HdrHistogram/HdrHistogram/blob/master/README.md)
 */
export function encodeHistogram({ layout, cells, counts }: Times, highest = HIGHEST): string {
  const bytes = Buffer.alloc(HEADER + 2 * cells.length * LONGEST_NUMBER);
  let at = HEADER;
  let next = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell > next) at = writeNumber(bytes, at, -(cell - next));
    at = writeNumber(bytes, at, counts[i]!);
    next = cell + 1;
  }
  bytes.writeUInt32BE(COOKIE, 0);
  bytes.writeUInt32BE(at - HEADER, 4);
  bytes.writeUInt32BE(layout.digits, 12);
  bytes.writeBigUInt64BE(1n, 16);
  bytes.writeBigUInt64BE(BigInt(highest), 24);
  bytes.writeDoubleBE(1, 32);
  const plain = bytes.subarray(0, at);
  const deflated = at <= MOST_STORED ? zlibStored(plain) : deflateSync(plain);
  const compressed = Buffer.alloc(8);
  compressed.writeUInt32BE(COMPRESSED_COOKIE, 0);
  compressed.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([compressed, deflated]).toString('base64');
}

/** The same, whose greatest possible value is said to be that of its last cell. */
export function encodeNarrow(times: Times): string {
  return encodeHistogram(times, Math.max(2, highestOf(times.cells.at(-1) ?? 0, times.layout)));
}

/** As measurements write it down. */
export function distributionOf(times: Times): Distribution {
  const { count, min, max, sum } = times;
  return { count, min, max, sum, histogram: count === 0 ? '' : encodeHistogram(times) };
}

function writeNumber(bytes: Buffer, from: number, value: number): number {
  let zigzag = value < 0 ? -value * 2 - 1 : value * 2;
  let at = from;
  while (zigzag >= 0x80) {
    bytes[at] = (zigzag % 0x80) | 0x80;
    zigzag = Math.floor(zigzag / 0x80);
    at += 1;
  }
  bytes[at] = zigzag;
  return at + 1;
}
