import { RUN_ID_PATTERN, runIdTime } from '@marteau/shared';

/** Bits that tell runs of one millisecond apart. */
const RANDOM_BITS = 18n;
/** Rows of SQLite are numbers below 2^63. */
const LATEST_MS = 2 ** 44;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** The row of a moment, ms: rows stand in the order of time, so that the newest of any search are read first. */
export function placeOfTime(ms: number): bigint {
  return BigInt(Math.min(LATEST_MS, Math.max(0, Math.floor(ms)))) << RANDOM_BITS;
}

/** Where the row of a run stands; two runs may want one place. @param id of a run, by RUN_ID_PATTERN */
export function placeOf(id: string): bigint {
  const digits = [...id.slice(10, 14)].reduce(
    (sum, letter) => sum * 32n + BigInt(ALPHABET.indexOf(letter)),
    0n,
  );
  return placeOfTime(runIdTime(id)) + (digits >> 2n);
}

/** From which place on a page goes on; null for a cursor that is none. */
export function placeOfCursor(cursor: string): bigint | null {
  return RUN_ID_PATTERN.test(cursor) ? placeOf(cursor) : null;
}
