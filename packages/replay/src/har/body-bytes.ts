import { isBase64 } from '../tape/base64.ts';

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
 * puts before them, with lines that end in CRLF, a byte for each character, or from base64 that does not say so. In UTF-8 where none is.
 */
export function bytesOfLength(text: string, length: number | null): Buffer {
  const plain = Buffer.from(text);
  if (length === null || plain.length === length) return plain;
  const [, rest] = /^(?:content-[\w-]+: [^\r\n]*\r\n)+\r\n(.*)$/is.exec(text) ?? [];
  if (rest !== undefined && Buffer.byteLength(rest) === length) return Buffer.from(rest);
  const lines = text.replace(/\r?\n/g, '\r\n');
  if (Buffer.byteLength(lines) === length) return Buffer.from(lines);
  if (text.length === length && !/[^\0-\xff]/.test(text)) return Buffer.from(text, 'latin1');
  if (length >= 6 && length < text.length && isBase64(text)) {
    const decoded = Buffer.from(text, 'base64');
    if (decoded.length === length) return decoded;
  }
  return plain;
}
