import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkFolder } from '@marteau/launch';
import type { Run } from '@marteau/shared';
import type { Log, RunChange, Store } from '@marteau/store';
import { find, type Limits, type SearchQuery } from './find.ts';
import { type IndexFile, openIndexFile } from './index-file.ts';

/** Runs by what they say. Each web has an index of its own, made of what the store has, and kept up with it. */
export interface Search {
  /** The newest first. The cost of a page does not grow with the number of runs. */
  find(query: SearchQuery, limits: Limits): Promise<{ runs: Run[]; cursor: string | null }>;
  /** How many runs have been read, until all have been; null then. */
  filling(): { done: number; of: number } | null;
  close(): Promise<void>;
}

/** What the folder of an index is called among those of work. */
export const SEARCH_FOLDER = 'search';
const PAGE = 200;
const GATHER_MS = 50;
/** What a message did not tell is found within so long; where that is much work, within twenty times what it takes. */
const ROUND_MS = 15 * 60_000;
const REST = 20;
/** In every so many rounds what has ended is read anew, too: tags and notes may have changed. */
const WHOLE_ROUNDS = 8;
const AGAIN_MS = 2000;

export async function openSearch(store: Store, log: Log): Promise<Search> {
  const folder = await openWorkFolder(SEARCH_FOLDER, process.pid);
  const index = openIndexFile(join(folder.path, 'runs.sqlite'));
  const closing = new AbortController();
  const { signal } = closing;
  let progress: { done: number; of: number } | null = { done: 0, of: 0 };
  let round = 0;

  async function fill(): Promise<void> {
    round += 1;
    const counts = Object.values(await store.runs.counts());
    const of = counts.reduce((sum, count) => sum + count, 0);
    let done = 0;
    for (let cursor: string | null = null; ; ) {
      const begun = performance.now();
      const page = await store.runs.ids({ limit: PAGE, cursor });
      signal.throwIfAborted();
      const known = round % WHOLE_ROUNDS === 0 ? new Set<string>() : index.seen(page.ids, round);
      await put(store, index, await store.runs.several(page.ids.filter((id) => !known.has(id))), round);
      done += page.ids.length;
      if (progress !== null) progress = { done, of: Math.max(of, done) };
      cursor = page.cursor;
      if (cursor === null) break;
      // Whoever asks for a page meanwhile has half of the processor.
      await sleep(performance.now() - begun, undefined, { signal });
    }
    index.forget(round);
    progress = null;
  }

  async function fillNowAndThen(): Promise<void> {
    while (!signal.aborted) {
      const begun = performance.now();
      const isDone = await fill().then(
        () => true,
        (error: unknown) => {
          if (!signal.aborted)
            log.debug({ err: error }, 'the index of runs could not be filled; it is tried again');
          return false;
        },
      );
      const rest = isDone ? Math.max(ROUND_MS, REST * (performance.now() - begun)) : AGAIN_MS;
      await sleep(rest, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async function follow(): Promise<void> {
    let told: RunChange[] = [];
    let work: Promise<void> = Promise.resolve();
    for await (const change of store.runs.changes(signal)) {
      told.push(change);
      if (told.length > 1) continue;
      work = sleep(GATHER_MS, undefined, { signal })
        .then(() => {
          const changes = told.splice(0);
          return takeIn(store, index, changes, round);
        })
        .catch((error: unknown) => {
          told = [];
          if (!signal.aborted) log.debug({ err: error }, 'a change was not taken into the index of runs');
        });
    }
    await work;
  }

  const following = follow();
  const filling = fillNowAndThen();
  return {
    async find(query, limits) {
      const ids = find(index, query, limits);
      const shown = ids.slice(0, limits.limit);
      const runs = await store.runs.several(shown);
      return { runs, cursor: ids.length > limits.limit ? shown.at(-1)! : null };
    },
    filling: () => progress,
    async close() {
      closing.abort();
      await Promise.all([filling, following]);
      index.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function takeIn(
  store: Store,
  index: IndexFile,
  changes: readonly RunChange[],
  round: number,
): Promise<void> {
  const ids = [...new Set(changes.map(({ runId }) => runId))];
  const runs = await store.runs.several(ids);
  const there = new Set(runs.map(({ id }) => id));
  index.remove(ids.filter((id) => !there.has(id)));
  await put(store, index, runs, round);
}

async function put(store: Store, index: IndexFile, runs: readonly Run[], round: number): Promise<void> {
  if (runs.length === 0) return;
  const notes = await store.notes.of(runs.map(({ id }) => id));
  index.put(
    runs.map((run) => ({ run, notes: notes.get(run.id) })),
    round,
  );
}
