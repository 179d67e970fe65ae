import { isUtf8 } from 'node:buffer';

/**
 * HAR holds characters, the wire bytes. Those beyond ASCII are UTF-8, unless they are bytes already, one character for
 * each: Marteau says so by a field of its own, and wrote them so in its first version.
 */
export function wireBytes(characters: string, areBytes = false): string {
  if (areBytes || !/[^\0-\x7f]/.test(characters)) return characters;
  const isWide = /[^\0-\xff]/.test(characters);
  if (!isWide && isUtf8(Buffer.from(characters, 'latin1'))) return characters;
  return Buffer.from(characters).toString('latin1');
}

/** The characters of a header's bytes, such that they are read back as the same bytes. */
export function characters(bytes: string): { value: string; _bytes?: true } {
  if (!/[^\0-\x7f]/.test(bytes)) return { value: bytes };
  const value = Buffer.from(bytes, 'latin1').toString();
  return wireBytes(value) === bytes ? { value } : { value: bytes, _bytes: true };
}
