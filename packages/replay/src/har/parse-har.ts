import { isUtf8 } from 'node:buffer';
import { refuseUtf16 } from '../tape/encoding.ts';
import { tapeWrong } from '../wrong.ts';
import { jsonMistakeAt } from './json-mistake.ts';
import { HAR_END } from './write-har.ts';

/** The JSON of a HAR. A file whose recorder was killed in the middle of an entry is read without that entry. */
export function parseHar(bytes: Buffer, name: string): { har: unknown; notes: string[] } {
  refuseUtf16(bytes, name);
  const { text, note } = decode(bytes, name);
  try {
    return { har: JSON.parse(text), notes: note };
  } catch (error) {
    const torn = withoutTornEntry(text);
    if (torn !== null)
      return {
        har: torn,
        notes: [...note, `${name}: the file ends in the middle of its last entry, which was left out.`],
      };
    throw tapeWrong(`${name}${placeIn(text, error as Error)}`, { cause: error });
  }
}

/** The characters of a file: those of UTF-8, as JSON has to be, or of Windows-1252 where there is no UTF-8 in it at all. */
function decode(bytes: Buffer, name: string): { text: string; note: string[] } {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  // A recorder that was killed in the middle of a character is not meant.
  if (isUtf8(bytes) || !/\ufffd/.test(text.slice(0, -1))) return { text, note: [] };
  if (!/[^\0-\x7f\ufffd]/.test(text)) {
    const note = [
      `${name} is not in UTF-8, and was read as Windows-1252. Save it in UTF-8 if that is wrong.`,
    ];
    return { text: new TextDecoder('windows-1252').decode(bytes), note };
  }
  const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
  return {
    text,
    note: [`${name}:${line}: not all is UTF-8, and what is not was read as \ufffd. Export it anew.`],
  };
}

function withoutTornEntry(text: string): unknown {
  const entries = text.indexOf('"entries":[\n');
  const last = text.lastIndexOf('\n');
  if (entries === -1 || last <= entries) return null;
  const kept = text.slice(0, last).replace(/,$/, '');
  try {
    return JSON.parse(kept.endsWith('"entries":[') ? `${kept}]}}` : kept + HAR_END);
  } catch {
    return null;
  }
}

/** `:3:14: Unexpected token …`. */
function placeIn(text: string, { message }: Error): string {
  const at = jsonMistakeAt(text);
  const line = text.slice(0, at).split('\n').length;
  const column = at - text.lastIndexOf('\n', at - 1);
  const what =
    at === text.length ? 'the file ends too early' : message.replace(/, ".*$|, \.\.\..*$|in JSON at.*$/s, '');
  return `:${line}:${column}: ${what}. The file is damaged or was cut; export it anew.`;
}
