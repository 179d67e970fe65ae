import { damaged, readBits, type State } from './bits.ts';
import {
  build,
  type Code,
  emptyCode,
  emptyUsed,
  fill,
  fixedCode,
  lookUp,
  outerLookup,
  readSymbol,
  symbolLookup,
  use,
} from './huffman.ts';

/**
 * Inflates a zlib stream (RFC 1950, RFC 1951). Node's own inflater costs 40 µs a call to set up, whatever the size;
 * a report reads 200,000 histograms of 200 bytes, and here each takes a tenth of that.
 * @returns the bytes, in a table that the next call uses again, or a part of the stream itself
 * @throws Error when the stream is damaged
 */
export function inflate(zlib: Uint8Array): Uint8Array {
  const isZlib = zlib.length > 6 && (zlib[0]! & 15) === 8 && ((zlib[0]! << 8) | zlib[1]!) % 31 === 0;
  if (!isZlib || (zlib[1]! & 32) !== 0) throw damaged();
  if (zlib[2] === lastStored) return storedBlock(zlib);
  const state = { input: zlib, at: 2, bits: 0, bitCount: 0, output: scratch, length: 0 };
  for (let isLast = false; !isLast; ) {
    isLast = readBits(state, 1) === 1;
    const kind = readBits(state, 2);
    if (kind === 0) copyStored(state);
    else if (kind === 1) inflateBlock(state, fixedLengths, fixedDistances);
    else if (kind === 2) inflateBlock(state, ...readCodes(state));
    else throw damaged();
  }
  return state.output.subarray(0, state.length);
}

/** How a stream begins that is one stored block: small histograms are kept like that. */
const lastStored = 1;

function storedBlock(zlib: Uint8Array): Uint8Array {
  const end = 7 + (zlib[3]! | (zlib[4]! << 8));
  if (end > zlib.length) throw damaged();
  return zlib.subarray(7, end);
}

let scratch: Uint8Array = new Uint8Array(65_536);

function put(state: State, byte: number): void {
  if (state.length === state.output.length) {
    if (state.length >= 64_000_000) throw damaged();
    scratch = new Uint8Array(2 * state.length);
    scratch.set(state.output);
    state.output = scratch;
  }
  state.output[state.length++] = byte;
}

function copyStored(state: State): void {
  // What was read ahead is given back, but for the rest of the byte that is begun.
  state.at -= state.bitCount >> 3;
  state.bits = 0;
  state.bitCount = 0;
  const { input } = state;
  const length = input[state.at]! | (input[state.at + 1]! << 8);
  state.at += 4;
  if (state.at + length > input.length) throw damaged();
  for (let i = 0; i < length; i++) put(state, input[state.at++]!);
}

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

function inflateBlock(state: State, lengths: Code, distances: Code): void {
  fill(symbolLookup, lengths);
  for (;;) {
    const symbol = lookUp(state, symbolLookup, lengths);
    if (symbol < 256) put(state, symbol);
    else if (symbol === 256) return;
    else copyBack(state, symbol, distances);
  }
}

/** Repeats what stands some way back. */
function copyBack(state: State, symbol: number, distances: Code): void {
  if (symbol > 285) throw damaged();
  const length = lengthBase[symbol - 257]! + readBits(state, lengthExtra[symbol - 257]!);
  const code = readSymbol(state, distances);
  if (code > 29) throw damaged();
  const distance = distanceBase[code]! + readBits(state, distanceExtra[code]!);
  if (distance > state.length) throw damaged();
  for (let i = 0; i < length; i++) put(state, state.output[state.length - distance]!);
}

// Tables are kept from call to call: to make them anew took longer than to read with them.
const [outerCode, lengthCode, distanceCode] = [emptyCode(19), emptyCode(288), emptyCode(32)];
const [outerUsed, lengthUsed, distanceUsed] = [emptyUsed(19), emptyUsed(288), emptyUsed(32)];

const fixedLengths = fixedCode(
  Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const fixedDistances = fixedCode(new Array(30).fill(5));
const orderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The two codes that a block brings along, themselves run-length and Huffman coded. */
function readCodes(state: State): [lengths: Code, distances: Code] {
  const literals = readBits(state, 5) + 257;
  const end = literals + readBits(state, 5) + 1;
  if (literals > 288 || end - literals > 32) throw damaged();
  readOuterCode(state);
  lengthUsed.count = 0;
  distanceUsed.count = 0;
  let length = 0;
  for (let at = 0; at < end; ) {
    const symbol = lookUp(state, outerLookup, outerCode);
    if (symbol === 16 && at === 0) throw damaged();
    if (symbol !== 16) length = symbol < 16 ? symbol : 0;
    const times = symbol < 16 ? 1 : timesOf(state, symbol);
    if (at + times > end) throw damaged();
    if (length > 0) {
      for (let next = at; next < at + times; next++) {
        if (next < literals) use(lengthUsed, next, length);
        else use(distanceUsed, next - literals, length);
      }
    }
    at += times;
  }
  return [build(lengthCode, lengthUsed), build(distanceCode, distanceUsed)];
}

function timesOf(state: State, symbol: number): number {
  if (symbol === 16) return 3 + readBits(state, 2);
  return symbol === 17 ? 3 + readBits(state, 3) : 11 + readBits(state, 7);
}

function readOuterCode(state: State): void {
  const given = readBits(state, 4) + 4;
  outerLengths.fill(0);
  for (let i = 0; i < given; i++) outerLengths[orderOfLengths[i]!] = readBits(state, 3);
  outerUsed.count = 0;
  for (let symbol = 0; symbol < 19; symbol++)
    if (outerLengths[symbol]! > 0) use(outerUsed, symbol, outerLengths[symbol]!);
  fill(outerLookup, build(outerCode, outerUsed));
}

const outerLengths = new Uint8Array(19);
