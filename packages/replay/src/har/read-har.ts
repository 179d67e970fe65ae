import { type Exchange, type Tape, tapeOf } from '../tape/exchange.ts';
import { tapeWrong } from '../wrong.ts';
import { EntryNotes } from './notes.ts';
import { parseHar } from './parse-har.ts';
import { readEntry } from './read-entry.ts';

/**
 * Reads HAR 1.2 as browsers, proxies, API clients and we ourselves write it.
 * @param readFile reads a body that Playwright put beside the HAR; null where there is none
 * @throws tape-wrong, with line and column or the entry's number
 */
export function readHar(
  bytes: Buffer,
  name: string,
  readFile: (path: string) => Buffer | null = () => null,
): Tape {
  const { har, notes } = parseHar(bytes, name);
  const entries = (har as { log?: { entries?: unknown } } | null)?.log?.entries;
  if (!Array.isArray(entries)) {
    throw tapeWrong(
      `${name} is JSON, but no HAR: it has no log.entries. Export it anew from the browser's network panel.`,
    );
  }
  const creator = (har as { log: { creator?: { name?: unknown } | null } }).log.creator?.name;
  const told = new EntryNotes(name);
  const exchanges: Exchange[] = [];
  const numbers = new Map<Exchange, number>();
  for (const [i, entry] of entries.entries()) {
    const read = readEntry(entry, {
      refuse: (sentence) => tapeWrong(`${name}: entry ${i + 1}: ${sentence}`),
      note: (sentence) => told.add(i + 1, sentence),
      readFile,
      isOurs: creator === 'Marteau',
    });
    if (typeof read === 'string') told.add(i + 1, read, true);
    else {
      numbers.set(read, i + 1);
      exchanges.push(read);
    }
  }
  const tape = tapeOf(exchanges, [...notes, ...told.sentences(), ...sanitized(exchanges, creator, name)]);
  return { ...tape, placeOf: (exchange) => `entry ${numbers.get(exchange) ?? 0}` };
}

/** Chrome's usual export leaves out who asked, and says nothing of it. */
function sanitized(exchanges: readonly Exchange[], creator: unknown, name: string): string[] {
  const secret = /^(cookie|set-cookie|authorization)$/i;
  const isBare = !exchanges.some(({ request, answer }) =>
    [...request.headers, ...answer.headers].some(([header]) => secret.test(header)),
  );
  if (creator !== 'WebInspector' || exchanges.length === 0 || !isBare) return [];
  return [
    `${name} holds no cookies and no Authorization: Chrome leaves them out of a sanitized HAR. If the session needs them, export it with sensitive data.`,
  ];
}
