import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares what a call shows with what its bytes give, as they come. */
export interface Proof {
  update(chunk: Uint8Array): void;
  /** Whether one of the secrets was known to who sent it. To be asked once, at the end. */
  holds(): boolean;
}

/**
 * HMAC-SHA-256 over `prefix` and the bytes, with each of the keys.
 * @param given signatures that the headers show, any of which may be right
 */
export function hmacProof(
  given: readonly Buffer[],
  keys: readonly (string | Buffer)[],
  prefix = '',
): Proof | null {
  const shown = given.filter(({ length }) => length === 32);
  if (shown.length === 0) return null;
  const hmacs = keys.map((key) => createHmac('sha256', key).update(prefix));
  return {
    update(chunk) {
      for (const hmac of hmacs) hmac.update(chunk);
    },
    holds() {
      const right = hmacs.map((hmac) => hmac.digest());
      // All are compared, so that the time tells nothing.
      return right.flatMap((one) => shown.map((other) => timingSafeEqual(one, other))).includes(true);
    },
  };
}

/** A secret that is sent as it is: the bytes prove nothing. */
export function tokenProof(given: string, secrets: readonly string[]): Proof {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const isRight = secrets.map((secret) => timingSafeEqual(digest(secret), digest(given))).includes(true);
  return { update() {}, holds: () => isRight };
}

/** Hex digits of a header, behind what stands before them; none for what is no such thing. */
export function hexOf(header: string | string[] | undefined, before = ''): Buffer[] {
  if (typeof header !== 'string' || !header.startsWith(before)) return [];
  const digits = header.slice(before.length);
  return /^[0-9a-f]{64}$/i.test(digits) ? [Buffer.from(digits, 'hex')] : [];
}
