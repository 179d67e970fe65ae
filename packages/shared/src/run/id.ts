const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u
const TIME_LENGTH = 9; // 45 bits of milliseconds: until the year 3084
const RANDOM_LENGTH = 9; // 45 random bits

/** The shape of a run's id: `r`, time, randomness. Sorts by time, is never only digits. */
export const RUN_ID_PATTERN = /^r[0-9a-hjkmnp-tv-z]{18}$/;

/**
 * A new run's id.
 * @param now milliseconds since 1970
 * @param random returns a number in [0, 1), for instance from a cryptographic source
 */
export function newRunId(now: number, random: () => number): string {
  let time = '';
  for (let rest = now, i = 0; i < TIME_LENGTH; i++, rest = Math.floor(rest / 32))
    time = ALPHABET[rest % 32] + time;
  let tail = '';
  for (let i = 0; i < RANDOM_LENGTH; i++) tail += ALPHABET[Math.floor(random() * 32)];
  return `r${time}${tail}`;
}

/** The moment in a run's id, in milliseconds since 1970. */
export function runIdTime(id: string): number {
  let time = 0;
  for (const letter of id.slice(1, 1 + TIME_LENGTH)) time = time * 32 + ALPHABET.indexOf(letter);
  return time;
}
