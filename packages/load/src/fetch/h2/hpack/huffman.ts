import { ConnectionError } from '../http2-error.ts';
import { codes, EOS } from './huffman-code.ts';

const NONE = 0x1ff;

/**
 * RFC 7541, 5.2: the code as a machine that is given four bits at a time. Of each of its states (a node of the tree
 * inside the code) and each nibble: the next state in the lower 8 bits, and above them the symbol that is complete, or
 * NONE. No code is shorter than 5 bits, so no nibble completes two.
 */
const machine = new Uint32Array(256 * 16);
/** States in which a text may end: less than 8 bits of EOS, all ones, have come since its last symbol. */
const mayEnd = new Uint8Array(256);
build();

/** A tree node: where 0 and 1 lead, as a node's number, or as a symbol, which is negative. */
type Node = [number, number];

function build(): void {
  const nodes: Node[] = [[0, 0]];
  for (const [symbol, { length, bits }] of codes.entries()) {
    let node = 0;
    for (let at = length - 1; at > 0; at -= 1) {
      const bit = Math.floor(bits / 2 ** at) & 1;
      if (nodes[node]![bit] === 0) nodes[node]![bit] = nodes.push([0, 0]) - 1;
      node = nodes[node]![bit]!;
    }
    nodes[node]![bits & 1] = -1 - symbol;
  }
  for (const [state] of nodes.entries())
    for (let nibble = 0; nibble < 16; nibble += 1) step(nodes, state, nibble);
  for (let ones = 0, node = 0; ones < 8; ones += 1) {
    mayEnd[node] = 1;
    node = nodes[node]![1];
  }
}

function step(nodes: readonly Node[], state: number, nibble: number): void {
  let node = state;
  let symbol = NONE;
  for (let at = 3; at >= 0; at -= 1) {
    node = nodes[node]![(nibble >> at) & 1]!;
    if (node >= 0) continue;
    symbol = -1 - node;
    node = 0;
  }
  machine[state * 16 + nibble] = (symbol << 8) | node;
}

/** Room for what one text unfolds to, which is at most 8/5 of it. */
let room = Buffer.allocUnsafeSlow(4096);

/**
 * Undoes the code; the text is latin1.
 * @throws ConnectionError for EOS in it, or an end that is none
 */
export function decodeHuffman(bytes: Buffer, from: number, to: number): string {
  if ((to - from) * 2 > room.length) room = Buffer.allocUnsafeSlow((to - from) * 2);
  let state = 0;
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const next = machine[state * 16 + ((byte >> shift) & 15)]!;
      const symbol = next >> 8;
      if (symbol === EOS)
        throw new ConnectionError('hpack', 'a Huffman code has EOS in it', 'COMPRESSION_ERROR');
      if (symbol !== NONE) {
        room[length] = symbol;
        length += 1;
      }
      state = next & 0xff;
    }
  }
  if (mayEnd[state] === 0)
    throw new ConnectionError('hpack', 'a Huffman code ends in the middle of a symbol', 'COMPRESSION_ERROR');
  return room.toString('latin1', 0, length);
}

/** Bytes that a latin1 text takes in the code. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits += codes[text.charCodeAt(at) & 0xff]!.length;
  return (bits + 7) >> 3;
}

/** Puts a latin1 text into the code, padded with ones. */
export function encodeHuffman(text: string): Buffer {
  const bytes = Buffer.alloc(huffmanLength(text));
  let bit = 0;
  const put = (length: number, bits: number) => {
    for (let at = length - 1; at >= 0; at -= 1, bit += 1)
      if (Math.floor(bits / 2 ** at) & 1) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  };
  for (let at = 0; at < text.length; at += 1) {
    const { length, bits } = codes[text.charCodeAt(at) & 0xff]!;
    put(length, bits);
  }
  if (bit & 7) put(8 - (bit & 7), 0xff);
  return bytes;
}
