import { tapeWrong } from '../wrong.ts';
import { jsonMistakeAt } from './json-mistake.ts';
import { HAR_END } from './write-har.ts';

/** The JSON of a HAR. A file whose recorder was killed in the middle of an entry is read without that entry. */
export function parseHar(bytes: Buffer, name: string): { har: unknown; note: string | null } {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  try {
    return { har: JSON.parse(text), note: null };
  } catch (error) {
    const torn = withoutTornEntry(text);
    if (torn !== null)
      return {
        har: torn,
        note: `${name}: the file ends in the middle of its last entry, which was left out.`,
      };
    throw tapeWrong(`${name}${placeIn(text, error as Error)}`, { cause: error });
  }
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
