import { damaged, readBits, type State } from './bits.ts';

/** A canonical Huffman code: how many symbols have each length, and the symbols in the order of their codes. */
export interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** The next symbol, bit by bit: codes of one length are consecutive numbers. */
export function readSymbol(state: State, { counts, symbols }: Code): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= 15; length++) {
    code |= readBits(state, 1);
    const count = counts[length]!;
    if (code - count < first) return symbols[index + (code - first)]!;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw damaged();
}

/** For every choice of the next bits the symbol that begins there, times 16, plus the length of its code; else 0. */
interface Lookup {
  readonly bits: number;
  readonly entries: Uint16Array;
  /** Every number of so many bits, read from its other end. */
  readonly mirrored: Uint16Array;
}

function lookupOf(bits: number): Lookup {
  const mirrored = Uint16Array.from({ length: 1 << bits }, (_, value) => {
    let mirror = 0;
    for (let bit = 0; bit < bits; bit++) mirror |= ((value >> bit) & 1) << (bits - 1 - bit);
    return mirror;
  });
  return { bits, entries: new Uint16Array(1 << bits), mirrored };
}

export const symbolLookup = lookupOf(9);
export const outerLookup = lookupOf(7);

/** Fills a table for a code. */
export function fill({ bits, entries, mirrored }: Lookup, { counts, symbols }: Code): void {
  entries.fill(0);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= bits; length++) {
    for (let left = counts[length]!; left > 0; left--) {
      const entry = (symbols[index++]! << 4) | length;
      const step = 1 << length;
      for (let at = mirrored[code << (bits - length)]!; at < entries.length; at += step) entries[at] = entry;
      code++;
    }
    code <<= 1;
  }
}

/** The next symbol by its table; by its bits where its code is too long for that, or the data end. */
export function lookUp(state: State, { entries }: Lookup, code: Code): number {
  while (state.bitCount < 16 && state.at < state.input.length) {
    state.bits |= state.input[state.at++]! << state.bitCount;
    state.bitCount += 8;
  }
  const entry = entries[state.bits & (entries.length - 1)]!;
  const bits = entry & 15;
  if (bits === 0 || bits > state.bitCount) return readSymbol(state, code);
  state.bits >>>= bits;
  state.bitCount -= bits;
  return entry >> 4;
}

export function emptyCode(symbols: number): Code {
  return { counts: new Uint16Array(16), symbols: new Uint16Array(symbols) };
}

/** The symbols of a code that occur at all, in their order, and how long each one's code is. */
export interface Used {
  readonly symbols: Uint16Array;
  readonly lengths: Uint8Array;
  count: number;
}

export function emptyUsed(symbols: number): Used {
  return { symbols: new Uint16Array(symbols), lengths: new Uint8Array(symbols), count: 0 };
}

// Tables are kept from call to call: to make them anew took longer than to read with them.
const nextOfLength = new Uint16Array(16);

/** Builds a code from the lengths of its symbols; most symbols of a histogram never occur. */
export function build(code: Code, used: Used): Code {
  const { counts, symbols } = code;
  counts.fill(0);
  for (let i = 0; i < used.count; i++) counts[used.lengths[i]!]!++;
  nextOfLength[1] = 0;
  for (let length = 1; length < 15; length++)
    nextOfLength[length + 1] = nextOfLength[length]! + counts[length]!;
  for (let i = 0; i < used.count; i++) symbols[nextOfLength[used.lengths[i]!]!++] = used.symbols[i]!;
  return code;
}

export function use(used: Used, symbol: number, length: number): void {
  used.symbols[used.count] = symbol;
  used.lengths[used.count++] = length;
}

export function fixedCode(lengths: readonly number[]): Code {
  const used = emptyUsed(lengths.length);
  lengths.forEach((length, symbol) => {
    use(used, symbol, length);
  });
  return build(emptyCode(lengths.length), used);
}
