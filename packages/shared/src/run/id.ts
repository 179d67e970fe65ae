const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u
const timeLength = 9; // 45 bits of milliseconds: until the year 3084
const randomLength = 9; // 45 random bits

/** The shape of a run's id: `r`, time, randomness. Sorts by time, is never only digits. */
export const runIdPattern = /^r[0-9a-hjkmnp-tv-z]{18}$/;

/**
 * A new run's id.
 * @param now milliseconds since 1970
 * @param random returns a number in [0, 1), for instance from a cryptographic source
 */
export function newRunId(now: number, random: () => number): string {
  let time = '';
  for (let rest = now, i = 0; i < timeLength; i++, rest = Math.floor(rest / 32))
    time = alphabet[rest % 32] + time;
  let tail = '';
  for (let i = 0; i < randomLength; i++) tail += alphabet[Math.floor(random() * 32)];
  return `r${time}${tail}`;
}

/** The moment in a run's id, in milliseconds since 1970. */
export function runIdTime(id: string): number {
  let time = 0;
  for (const letter of id.slice(1, 1 + timeLength)) time = time * 32 + alphabet.indexOf(letter);
  return time;
}
