import { isUtf8 } from 'node:buffer';

/**
 * HAR holds characters, the wire bytes. Exporters write a header's bytes as a character each, as browsers read them; what
 * is beyond those was UTF-8, and so is what Marteau says to be by a field of its own.
 */
export function wireBytes(characters: string, isUnicode = false): string {
  return isUnicode || /[^\0-\xff]/.test(characters) ? Buffer.from(characters).toString('latin1') : characters;
}

/** The characters of a header's bytes as people read them, such that they are read back as the same bytes. */
export function characters(bytes: string): { value: string; _utf8?: true } {
  if (!/[^\0-\x7f]/.test(bytes) || !isUtf8(Buffer.from(bytes, 'latin1'))) return { value: bytes };
  const value = Buffer.from(bytes, 'latin1').toString();
  return wireBytes(value) === bytes ? { value } : { value, _utf8: true };
}

/** An address has letters, which go out in UTF-8; Marteau's first version wrote their bytes. */
export function addressBytes(characters: string): string {
  const areBytes = !/[^\0-\xff]/.test(characters) && isUtf8(Buffer.from(characters, 'latin1'));
  return areBytes ? characters : Buffer.from(characters).toString('latin1');
}
