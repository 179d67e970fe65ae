/** Bits of the code of each octet, and of EOS as the last one (RFC 7541, appendix B). */
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

/** The symbol that ends a code and stands in no text. */
export const EOS = 256;

/** The code of one symbol: its lowest `length` bits. */
export interface Code {
  readonly length: number;
  readonly bits: number;
}

/** The code is canonical: those of one length follow each other in the order of their symbols, shorter ones first. */
export const codes: readonly Code[] = canonical();

function canonical(): Code[] {
  const made: Code[] = [];
  let bits = 0;
  let before = 0;
  const bySize = LENGTHS.map((length, symbol) => ({ length, symbol }));
  for (const { length, symbol } of bySize.toSorted((a, b) => a.length - b.length || a.symbol - b.symbol)) {
    bits = (bits * 2 ** (length - before)) % 2 ** 32;
    made[symbol] = { length, bits };
    bits += 1;
    before = length;
  }
  return made;
}
