import { isAscii, isUtf8 } from 'node:buffer';
import { type HeaderList, header } from '../tape/headers.ts';

const CHARSET = /(;\s*charset=)"?([^";\s]+)"?/i;

/** The bytes of Windows-1252, by the characters that they are: what Chromium takes a text for that says nothing else. */
const windows1252 = new Map(
  Array.from(
    new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, i) => i)),
    (character, byte) => [character, byte],
  ),
);

interface Content {
  headers: HeaderList;
  body: Buffer;
}

/**
 * Exporters keep texts as the characters that the browser saw. Here they are bytes again, and those of UTF-8, so that
 * the header must not say another charset; where it said none, the browser may have seen two characters in place of one.
 */
export function asSent({ headers, body }: Content): Content {
  if (isAscii(body) || !isUtf8(body)) return { headers, body };
  const type = header(headers, 'content-type') ?? '';
  const said = CHARSET.exec(type)?.[2];
  if (said === undefined && !/json/i.test(type)) return { headers, body: misread(body) ?? body };
  if (said === undefined || /^utf-?8$/i.test(said)) return { headers, body };
  return { headers: headers.map(([name, value]) => [name, inUtf8(name, value)]), body };
}

/** Whether a body can be written as characters, so that whoever reads them gets the same bytes. */
export function survives(content: Content): boolean {
  const read = asSent(content);
  return read.headers === content.headers && read.body.equals(content.body);
}

function inUtf8(name: string, value: string): string {
  return name.toLowerCase() === 'content-type' ? value.replace(CHARSET, '$1utf-8') : value;
}

/** The UTF-8 that was taken for Windows-1252; null where it was not. */
function misread(body: Buffer): Buffer | null {
  const bytes: number[] = [];
  for (const character of body.toString()) {
    const byte = windows1252.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  const read = Buffer.from(bytes);
  return isUtf8(read) ? read : null;
}
