import { stripVTControlCharacters } from 'node:util';

/**
 * What a foreign program printed, made harmless for a terminal: colours may stay, nothing else that a terminal obeys
 * (titles, the clipboard, a cursor that walks over what stands there).
 */
export function harmless(text: string, colour: boolean): string {
  if (!text.includes('\x1b')) return text;
  if (!colour) return stripVTControlCharacters(text).replaceAll('\x1b', '\u{241b}');
  const kept = text.replace(/\x1b(?!\[[\d;]*m)(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[^@-~]*[@-~]?|.?)/g, '');
  return `${kept}\x1b[0m`;
}

/** Cuts a line without control characters to a width, so that a terminal does not break it. */
export function fit(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
