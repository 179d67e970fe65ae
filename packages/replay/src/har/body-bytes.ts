import { isBase64 } from '../tape/base64.ts';
import { decoded } from '../tape/body.ts';

/** The bytes of a text that is said to be base64. Exporters say so of texts, too: what is none is taken as it is. */
export function fromBase64(text: string, length: number | null): { bytes: Buffer; isText: boolean } {
  const asText = Buffer.from(text);
  if (!isBase64(text)) return { bytes: asText, isText: true };
  const bytes = Buffer.from(text, 'base64');
  const isText = length === asText.length && length !== bytes.length;
  return { bytes: isText ? asText : bytes, isText };
}

/**
 * The bytes of a text, in the way in which they are as many as were sent: in UTF-8, without the headers that Firefox
 * puts before them, with lines that end in CRLF, a byte for each character, or from base64 that does not say so. In UTF-8
 * where none is.
 * @param coding of the bytes that were sent: in it a number of bytes says nothing of a text that was decoded, and may
 *   fit by chance
 */
export function bytesOfLength(text: string, length: number | null, coding: string | null = null): Buffer {
  const plain = Buffer.from(text);
  if (length === null || plain.length === length) return plain;
  const fits = (bytes: Buffer) =>
    bytes.length === length && (coding === null || decoded(bytes, coding) !== null);
  const [, rest] = /^(?:content-[\w-]+: [^\r\n]*\r\n)+\r\n(.*)$/is.exec(text) ?? [];
  if (rest !== undefined && fits(Buffer.from(rest))) return Buffer.from(rest);
  const lines = Buffer.from(text.replace(/\r?\n/g, '\r\n'));
  if (fits(lines)) return lines;
  if (!/[^\0-\xff]/.test(text) && fits(Buffer.from(text, 'latin1'))) return Buffer.from(text, 'latin1');
  if (length >= 6 && length < text.length && isBase64(text)) {
    const bytes = Buffer.from(text, 'base64');
    if (fits(bytes)) return bytes;
  }
  return plain;
}
