import { stripVTControlCharacters } from 'node:util';
import { shownText } from '@marteau/shared';

/**
 * What a foreign program printed, made harmless for a terminal: colours may stay, nothing else that a terminal obeys
 * (titles, the clipboard, a cursor that walks over what stands there).
 */
export function harmless(text: string, colour: boolean): string {
  const shown = shownText(text);
  if (!shown.includes('\x1b')) return shown;
  return colour ? `${shown}\x1b[0m` : stripVTControlCharacters(shown);
}

/** Cuts a line without control characters to a width, so that a terminal does not break it. */
export function fit(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
