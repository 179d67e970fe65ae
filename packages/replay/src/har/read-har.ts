import { type Exchange, type Tape, tapeOf } from '../tape/exchange.ts';
import { tapeWrong } from '../wrong.ts';
import { parseHar } from './parse-har.ts';
import { readEntry } from './read-entry.ts';

/**
 * Reads HAR 1.2 as Chrome, Firefox, Playwright, Charles and we ourselves write it.
 * @param readFile reads a body that Playwright put beside the HAR; null where there is none
 * @throws tape-wrong, with line and column or the entry's number
 */
export function readHar(
  bytes: Buffer,
  name: string,
  readFile: (path: string) => Buffer | null = () => null,
): Tape {
  const { har, note } = parseHar(bytes, name);
  const entries = (har as { log?: { entries?: unknown } } | null)?.log?.entries;
  if (!Array.isArray(entries)) {
    throw tapeWrong(
      `${name} is JSON, but no HAR: it has no log.entries. Export it anew from the browser's network panel.`,
    );
  }
  const notes = note === null ? [] : [note];
  const exchanges: Exchange[] = [];
  const numbers = new Map<Exchange, number>();
  for (const [i, entry] of entries.entries()) {
    const read = readEntry(entry, (sentence) => tapeWrong(`${name}: entry ${i + 1}: ${sentence}`), readFile);
    if (typeof read === 'string') notes.push(`${name}: entry ${i + 1} was left out: ${read}.`);
    else {
      if (read.note !== null) notes.push(`${name}: entry ${i + 1}: ${read.note}.`);
      numbers.set(read.exchange, i + 1);
      exchanges.push(read.exchange);
    }
  }
  const tape = tapeOf(exchanges, notes);
  return { ...tape, placeOf: (exchange) => `entry ${numbers.get(exchange) ?? 0}` };
}
