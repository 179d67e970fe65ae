import type { Reader } from '../reader.ts';
import { lines } from './lines.ts';

/** A quoted field that spans more lines was never closed. */
const MOST_LINES = 1000;

/** Cuts comma-separated text (RFC 4180) into rows. A quoted field may hold commas, quotes twice, and ends of lines. */
export function rows(take: (fields: string[]) => void, onEnd?: () => void, separator = ','): Reader {
  let open: string[] = [];
  const row = (text: string): void => {
    if (text !== '') take(split(text, separator));
  };
  return lines(
    (line) => {
      if (open.length === 0 && !line.includes('"')) return row(line);
      open.push(line);
      const text = open.join('\n');
      if (isClosed(text) || open.length > MOST_LINES) {
        open = [];
        row(text);
      }
    },
    { ...(onEnd && { onEnd }) },
  );
}

/** Whether no quoted field is left open. */
function isClosed(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 0;
}

function split(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end < 0) end = text.length;
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      const next = text.indexOf(separator, end);
      if (next < 0) return fields;
      at = next + 1;
    } else {
      const next = text.indexOf(separator, at);
      if (next < 0) return [...fields, text.slice(at)];
      fields.push(text.slice(at, next));
      at = next + 1;
    }
  }
  return fields;
}
