import { createHmac, randomBytes } from 'node:crypto';

/**
 * Makes values that look like secrets and are none: the same length, digits for digits, letters for letters, a JWT for a
 * JWT. The same secret gets the same fake, by a key that is forgotten with the recorder, so that nobody can try secrets out.
 */
export class Fakes {
  readonly #key = randomBytes(32);

  of(secret: string): string {
    return this.#jwt(secret) ?? this.#shape(secret, secret);
  }

  #jwt(secret: string): string | null {
    const parts = secret.split('.');
    if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return null;
    const [head, claims] = parts.slice(0, 2).map((part) => Buffer.from(part, 'base64url').toString());
    try {
      if (typeof JSON.parse(head!) !== 'object') return null;
      JSON.parse(claims!);
    } catch {
      return null;
    }
    // Names of claims and numbers (exp, iat) stay: clients look at them.
    const faked = claims!.replace(/(:\s*|[[,]\s*)"((?:[^"\\]|\\.)*)"(?!\s*:)/g, (_, before, text) => {
      return `${before}"${this.#shape(text, secret + text)}"`;
    });
    return [parts[0], Buffer.from(faked).toString('base64url'), this.#shape(parts[2]!, secret)].join('.');
  }

  #shape(text: string, seed: string): string {
    const stream = new Draws(this.#key, seed);
    const isHex = /^[0-9a-f-]{8,}$/.test(text) || /^[0-9A-F-]{8,}$/.test(text);
    const [lower, upper] = isHex
      ? ['abcdef', 'ABCDEF']
      : ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    // A UUID says its version in the 13th digit, and its variant in the 17th.
    const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(text);
    return text.replace(/%[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[0-9]|[a-z]|[A-Z]/g, (char, at) => {
      if (char.length > 1 || (isUuid && (at === 14 || at === 19))) return char;
      if (/[0-9]/.test(char)) return String(char === '0' ? 0 : 1 + (stream.next() % 9));
      const letters = /[a-z]/.test(char) ? lower : upper;
      return letters[stream.next() % letters.length]!;
    });
  }
}

/** Bytes that look random and are the same for the same seed. */
class Draws {
  readonly #key: Buffer;
  readonly #seed: string;
  #block = Buffer.alloc(0);
  #at = 0;
  #round = 0;

  constructor(key: Buffer, seed: string) {
    this.#key = key;
    this.#seed = seed;
  }

  next(): number {
    if (this.#at === this.#block.length) {
      this.#block = createHmac('sha256', this.#key)
        .update(`${this.#round++} ${this.#seed}`)
        .digest();
      this.#at = 0;
    }
    return this.#block[this.#at++]!;
  }
}
