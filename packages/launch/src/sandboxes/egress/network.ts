import { isIP } from 'node:net';
import { ipv6Groups } from '@marteau/net';

/** Words of 32 bits, in our order of bytes: one of IPv4, four of IPv6; bits that the mask does not have are 0. */
export interface Network {
  readonly family: 4 | 6;
  readonly words: readonly number[];
  readonly masks: readonly number[];
}

const MAPPED = '0,0,65535';

/**
 * Reads "10.0.0.0/8", "fd00::/8" or a single address. What is mapped into IPv6 is IPv4.
 * @throws RangeError
 */
export function readNetwork(text: string): Network {
  const [address = '', length, ...more] = text.split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  if (family === 0 || !/^\d+$/.test(length ?? '0') || prefix > most || more.length > 0) {
    throw new RangeError(`${text} is not a network`);
  }
  const words = wordsOf(address);
  if (family === 6 && prefix >= 96 && String(words.slice(0, 3)) === MAPPED) {
    return masked(4, words.slice(3), prefix - 96);
  }
  return masked(family === 4 ? 4 : 6, words, prefix);
}

/** The address of four words, as people write it. */
export function addressOf(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  if (String(words.slice(0, 3)) === MAPPED) {
    return groups
      .slice(6)
      .map((group) => `${group >> 8}.${group & 255}`)
      .join('.');
  }
  const text = groups.map((group) => group.toString(16)).join(':');
  return new URL(`http://[${text}]`).hostname.slice(1, -1); // shortens it
}

function masked(family: 4 | 6, words: readonly number[], prefix: number): Network {
  const masks = words.map((_, index) => maskOf(Math.min(Math.max(prefix - 32 * index, 0), 32)));
  return { family, masks, words: words.map((word, index) => (word & masks[index]!) >>> 0) };
}

/** A word whose first bits are 1. */
function maskOf(bits: number): number {
  return bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
}

function wordsOf(address: string): number[] {
  if (isIP(address) === 4) return [Buffer.from(address.split('.').map(Number)).readUInt32BE()];
  const groups = ipv6Groups(address);
  return [0, 2, 4, 6].map((at) => groups[at]! * 0x10000 + groups[at + 1]!);
}
