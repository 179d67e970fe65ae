import { formsOf } from './forms.ts';
import { whyTooShort } from './short-secret.ts';

const MASK = '***';

/** Replaces every secret, also one that arrives in pieces. */
export interface MaskStream {
  /** Masked text, as far as it is certain: what may be the beginning of a secret waits for the next chunk. */
  push(chunk: string): string;
  /** What still waited. */
  end(): string;
}

export interface Masker {
  /** Masks a text that is whole. */
  mask(text: string): string;
  /** Masks every string in a JSON value, keys included. */
  maskAll<T>(value: T): T;
  /** Masks one stream of chunks. */
  stream(): MaskStream;
}

/**
 * Masks these secrets, and what becomes of them on their way: see `formsOf`.
 * @throws RangeError for one that is too short: it should have been refused where it was given
 */
export function createMasker(secrets: readonly string[]): Masker {
  for (const secret of secrets.filter(Boolean)) {
    const why = whyTooShort('A secret', secret);
    if (why !== null) throw new RangeError(why);
  }
  const forms = [...new Set(secrets.filter(Boolean).flatMap(formsOf))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return { mask: same, maskAll: same, stream: () => ({ push: same, end: () => '' }) };
  const pattern = new RegExp(forms.map((form) => RegExp.escape(form)).join('|'), 'g');
  const mask = (text: string): string => text.replace(pattern, MASK);
  return {
    mask,
    maskAll: (value) => maskStrings(value, mask),
    stream: () => streamMask(forms, pattern),
  };
}

/** A masker that learns of secrets on its way; what was begun to be streamed before stays as it was. */
export interface GrowingMasker extends Masker {
  add(secrets: readonly string[]): void;
}

/** @throws RangeError as `createMasker`, as `add` does */
export function growingMasker(secrets: readonly string[]): GrowingMasker {
  let known = [...secrets];
  let masker = createMasker(known);
  return {
    add(more) {
      known = [...known, ...more];
      masker = createMasker(known);
    },
    mask: (text) => masker.mask(text),
    maskAll: (value) => masker.maskAll(value),
    stream: () => masker.stream(),
  };
}

function streamMask(forms: readonly string[], pattern: RegExp): MaskStream {
  const longest = forms[0]!.length;
  const byFirst = Map.groupBy(forms, (form) => form[0]!);
  let held = '';

  /** Where, from `from` on, the text ends in what may become a secret; the text's length if it does not. */
  const uncertainFrom = (text: string, from: number): number => {
    for (let at = Math.max(from, text.length - longest + 1); at < text.length; at++) {
      const candidates = byFirst.get(text[at]!);
      if (candidates === undefined) continue;
      const tail = text.slice(at);
      if (candidates.some((form) => form.length > tail.length && form.startsWith(tail))) return at;
    }
    return text.length;
  };

  return {
    push(chunk) {
      const text = held + chunk;
      let done = '';
      let at = 0;
      for (const { index, 0: secret } of text.matchAll(pattern)) {
        if (uncertainFrom(text, at) <= index) break;
        done += text.slice(at, index) + MASK;
        at = index + secret.length;
      }
      const uncertain = uncertainFrom(text, at);
      held = text.slice(uncertain);
      return done + text.slice(at, uncertain);
    },
    end() {
      const rest = held.replace(pattern, MASK);
      held = '';
      return rest;
    },
  };
}

function maskStrings<T>(value: T, mask: (text: string) => string): T {
  if (typeof value === 'string') return mask(value) as T;
  if (Array.isArray(value)) return value.map((item) => maskStrings(item, mask)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [mask(key), maskStrings(item, mask)]),
  ) as T;
}

function same<T>(value: T): T {
  return value;
}
