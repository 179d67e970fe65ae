import type { Random } from '../faults/random.ts';

/** What mutations are made from. */
export interface Material {
  readonly random: Random;
  /** Inputs that brought something new. */
  readonly corpus: readonly Buffer[];
  readonly words: readonly Buffer[];
  /** The longest input, in bytes. */
  readonly most: number;
}

const NUMBERS =
  '0 1 -1 2 3 7 8 9 10 16 99 100 127 128 255 256 999 1000 4095 4096 65535 65536 16777215 16777216'
    .concat(
      ' 2147483647 2147483648 4294967295 4294967296 9007199254740991 9007199254740993 1e9 1e308 0.1 00 007 ',
    )
    .trim()
    .split(' ');
const BYTES = [
  0, 1, 2, 3, 4, 8, 9, 10, 13, 16, 32, 34, 39, 58, 63, 64, 127, 128, 192, 224, 251, 252, 253, 254, 255,
];
const LENGTHS = [
  0, 1, 2, 3, 4, 5, 8, 9, 16, 127, 128, 255, 256, 4096, 65535, 0xffffff, 0x7fffffff, 0xffffffff,
];

type Mutation = (bytes: Buffer, material: Material) => Buffer;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, { random }) {
    return changed(bytes, random, (byte) => byte ^ (1 << random.below(8)));
  },
  function setByte(bytes, { random }) {
    return changed(bytes, random, () => (random.below(2) ? random.pick(BYTES) : random.below(256)));
  },
  function addToByte(bytes, { random }) {
    return changed(bytes, random, (byte) => byte + random.below(9) - 4);
  },
  function leaveOut(bytes, { random }) {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  function say(bytes, { random }) {
    const [from, to] = range(bytes, random);
    return insert(bytes, random.below(bytes.length + 1), bytes.subarray(from, to));
  },
  function repeat(bytes, { random }) {
    const [from, to] = range(bytes, random, 16);
    const times = random.below(random.below(8) ? 8 : 300);
    return insert(bytes, to, Buffer.concat(Array.from({ length: times }, () => bytes.subarray(from, to))));
  },
  insertWord,
  insertWord,
  function replaceByWord(bytes, { random, words }) {
    const word = random.pick(words);
    const at = random.below(bytes.length + 1);
    const length = random.below(2) ? word.length : random.below(12);
    return Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at + length)]);
  },
  function replaceNumber(bytes, { random }) {
    const found = [...bytes.toString('latin1').matchAll(/\d+/g)];
    if (found.length === 0) return bytes;
    const { 0: digits, index } = random.pick(found);
    const number = random.below(3) ? random.pick(NUMBERS) : String(Number(digits) + random.below(5) - 2);
    const rest = bytes.subarray(index + digits.length);
    return Buffer.concat([bytes.subarray(0, index), Buffer.from(number), rest]);
  },
  function setLength(bytes, { random }) {
    const width = 1 + random.below(4);
    if (bytes.length < width) return bytes;
    const copy = Buffer.from(bytes);
    const at = random.below(bytes.length - width + 1);
    const value = (random.below(2) ? random.pick(LENGTHS) : random.below(300)) % 2 ** (8 * width);
    if (random.below(2)) copy.writeUIntBE(value, at, width);
    else copy.writeUIntLE(value, at, width);
    return copy;
  },
  function splice(bytes, { random, corpus }) {
    const other = random.pick(corpus);
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
  },
  function takeFrom(bytes, { random, corpus }) {
    const other = random.pick(corpus);
    const [from, to] = range(other, random);
    return insert(bytes, random.below(bytes.length + 1), other.subarray(from, to));
  },
];

function insertWord(bytes: Buffer, { random, words }: Material): Buffer {
  return insert(bytes, random.below(bytes.length + 1), random.pick(words));
}

/** An input like another one: one to six mutations away from it. */
export function mutate(input: Buffer, material: Material): Buffer {
  const { random, most } = material;
  let bytes = input;
  for (let left = 1 + random.below(1 + random.below(6)); left > 0; left--)
    bytes = random.pick(mutations)(bytes, material).subarray(0, most);
  return bytes;
}

function changed(bytes: Buffer, random: Random, change: (byte: number) => number): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  const at = random.below(bytes.length);
  copy[at] = change(copy[at]!);
  return copy;
}

function insert(bytes: Buffer, at: number, what: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}

/** Short ones are as likely as long ones. */
function range(bytes: Buffer, random: Random, most = bytes.length): [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + random.below(1 + random.below(most + 1)))];
}
