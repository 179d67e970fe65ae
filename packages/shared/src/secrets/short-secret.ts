/** What can be masked in output without masking half of it. */
const SHORTEST = 4;

/**
 * Why a value cannot be a secret: asked wherever secrets are given, so that nothing runs with one that would be shown.
 * Null when it can be one. @param name of the secret, never its value
 */
export function whyTooShort(name: string, value: string): string | null {
  return value.length >= SHORTEST
    ? null
    : `${name} is shorter than ${SHORTEST} characters: it could not be hidden in consoles and reports without hiding half of every text`;
}
