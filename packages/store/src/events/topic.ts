import { type Entry, isAfter, readEntry, type StoredEvent } from './stream.ts';

/** What is kept of the newest events for viewers who are a little behind. */
const KEPT_EVENTS = 1000;
const KEPT_BYTES = 4 * 1024 * 1024;
/** So long a page of what was is kept for others who come at the same time. */
const PAGE_MS = 2000;

/**
 *   in Redis ··················│ the newest, kept here │ what comes
 *   read in pages, each once   floor              lastId
 *
 * The events of one run for all its viewers. A viewer is a position in them: it has no queue of its own, so a slow
 * one costs nothing, and falls back into what Redis has.
 */
export interface Topic {
  readonly lastId: string;
  /** What came after this event: from here, or from Redis when that was long ago; empty when nothing came. */
  after(id: string | null): Promise<StoredEvent[]>;
  /** How often something came. */
  readonly news: number;
  /** Resolves when something came since then, after a while, or with the signal. */
  wait(news: number, ms: number, signal: AbortSignal): Promise<void>;
  /** Called by the reader. */
  add(entries: Entry[]): void;
}

export function createTopic(
  startId: string,
  readPage: (afterId: string | null) => Promise<StoredEvent[]>,
): Topic {
  let floor = startId;
  let lastId = startId;
  let bytes = 0;
  let news = 0;
  let kept: { stored: StoredEvent; size: number }[] = [];
  const pages = new Map<string, Promise<StoredEvent[]>>();
  const waiting = new Set<() => void>();

  const trim = (): void => {
    let cut = 0;
    while (kept.length - cut > KEPT_EVENTS || (bytes > KEPT_BYTES && cut < kept.length))
      bytes -= kept[cut++]!.size;
    if (!cut) return;
    floor = kept[cut - 1]!.stored.id;
    kept = kept.slice(cut);
  };

  const page = (afterId: string | null): Promise<StoredEvent[]> => {
    const from = afterId ?? '';
    const known = pages.get(from);
    if (known) return known;
    const read = readPage(afterId);
    pages.set(from, read);
    const forget = (): void => void pages.delete(from);
    read.then(() => setTimeout(forget, PAGE_MS).unref(), forget);
    return read;
  };

  return {
    get lastId() {
      return lastId;
    },
    get news() {
      return news;
    },
    async after(id) {
      if (id === null || isAfter(floor, id)) {
        const older = await page(id);
        if (older.length) return older;
      }
      return kept.slice(firstAfter(kept, id)).map(({ stored }) => stored);
    },
    wait: (since, ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        waiting.add(done);
        signal.addEventListener('abort', done);
        if (signal.aborted || news !== since) done();
      }),
    add(entries) {
      for (const entry of entries) {
        if (!isAfter(entry[0], lastId)) continue;
        lastId = entry[0];
        const size = entry[1][1]!.length;
        kept.push({ stored: readEntry(entry), size });
        bytes += size;
      }
      trim();
      news++;
      for (const done of [...waiting]) done();
    },
  };
}

/** Index of the first event after an id, by bisection. */
function firstAfter(kept: readonly { stored: StoredEvent }[], id: string | null): number {
  let low = 0;
  let high = kept.length;
  while (id !== null && low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(kept[middle]!.stored.id, id)) high = middle;
    else low = middle + 1;
  }
  return low;
}
