import { fileLimits } from '../parse/limits.ts';

export interface UnreadableText {
  what: string;
  fix: string;
}

/** The text of a file without its byte order mark, lines ended by \n; or why it is none. */
export function decode(input: string | Uint8Array): { text: string } | UnreadableText {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (size > fileLimits.bytes) {
    return {
      what: `the file has ${Math.ceil(size / 1024)} KB, and ${fileLimits.bytes / 1024} KB is the most`,
      fix: 'keep data in files of their own and name them under data',
    };
  }
  const text = typeof input === 'string' ? input : decodeBytes(input);
  if (typeof text !== 'string') return text;
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (control) return { what: 'the file holds control characters', fix: 'save it as plain text in UTF-8' };
  return { text: text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n') };
}

function decodeBytes(bytes: Uint8Array): string | UnreadableText {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { what: 'the file is UTF-16', fix: 'save it in UTF-8' };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { what: 'the file is not UTF-8', fix: 'save it in UTF-8' };
  }
}
