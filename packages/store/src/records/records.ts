import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isMarteauError, type RecordFormat, readRecord } from '@marteau/shared';
import type { Static, TSchema } from 'typebox';
import type { Context } from '../context.ts';
import { atomicWrite } from '../folders/atomic-write.ts';
import { isMissing } from '../folders/safe-path.ts';
import { onRedis } from '../redis/store-error.ts';

/**
 * Small records of one kind, by their ids (letters, digits). The file `DATA/KIND/ID.json` is the record; a hash in Redis
 * is the copy for all processes, and decides who was first. Each text counts its changes in `revision`: the higher
 * one holds, wherever it is found.
 */
export interface Records<T> {
  /** @throws 'record-damaged', 'newer-data', which name the file */
  get(id: string): Promise<T | null>;
  /** As the file has it, which may be older than the copy: for whom cannot wait for Redis. @throws `unless` it is that Redis is away */
  kept(id: string, unless: unknown): Promise<T | null>;
  /** Whether there is one, be it readable or not. */
  has(id: string): Promise<boolean>;
  /** All that can be read, and why others cannot be, each a sentence. */
  list(): Promise<{ records: T[]; wrong: string[] }>;
  /** Writes it, whatever was there. */
  put(id: string, record: T): Promise<void>;
  /**
   * Makes another of what is there (null for nothing), or removes it. `work` is called again where another process was
   * quicker, so that two at once lose nothing. @returns what it is now @throws as get
   */
  change(id: string, work: (before: T | null) => T | null): Promise<T | null>;
  remove(id: string): Promise<void>;
  /** Brings files and copies to the newer of both: at a start, and for an emptied Redis. @returns what is wrong, as list */
  fill(): Promise<string[]>;
}

export interface RecordKind<S extends TSchema> {
  /** Name of the hash in Redis. */
  hash: string;
  /** Absolute, in the data folder. */
  folder: string;
  format: RecordFormat<S>;
}

/** What the copy of a removed record says: it must not come back from a file elsewhere. */
interface Removed {
  removed: true;
}

const AT_ONCE = 64;
/** It names a file. */
const ID_PATTERN = /^[0-9A-Za-z]{1,64}$/;

export function createRecords<S extends TSchema>(
  { redis, script }: Pick<Context, 'redis' | 'script'>,
  { hash, folder, format }: RecordKind<S>,
): Records<Static<S>> {
  type T = Static<S>;
  const pathOf = (id: string) => {
    if (!ID_PATTERN.test(id)) throw new Error(`${id} is no id of a record`);
    return join(folder, `${id}.json`);
  };
  const copyOf = (id: string) => onRedis(() => redis.hget(hash, id));
  const swap = async (id: string, before: string | null, after: string): Promise<boolean> =>
    (await script('swap-record', { hash, id, before: before ?? '', after })) === 1;

  /** As Redis has it, which first gets it from the file where it has none. */
  async function textOf(id: string): Promise<string | null> {
    if (!ID_PATTERN.test(id)) return null;
    const copy = await copyOf(id);
    if (copy !== null) return copy;
    const kept = await readKept(pathOf(id));
    if (kept === null) return null;
    await swap(id, null, kept);
    return copyOf(id);
  }

  /** Writes the file; should it be another's turn meanwhile, so that the last text stays. An emptied Redis says nothing. */
  async function keep(id: string, text: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    let written: string | null = null;
    for (let latest: string | null = text; latest !== null && latest !== written; latest = await copyOf(id)) {
      if (isRemoved(latest)) await rm(pathOf(id), { force: true });
      else await atomicWrite(pathOf(id), nameOf(id), latest, 0o600);
      written = latest;
    }
  }

  async function write<R extends T | null>(id: string, work: (before: string | null) => R): Promise<R> {
    for (;;) {
      const before = await textOf(id);
      const record = work(before);
      const after = JSON.stringify({
        ...(record ?? ({ removed: true } satisfies Removed)),
        revision: revisionOf(before) + 1,
      });
      if (!(await swap(id, before, after))) continue;
      await keep(id, after);
      return record;
    }
  }

  const nameOf = (id: string): string => `${basename(folder)}/${id}.json`;
  const read = (id: string, text: string | null): T | null =>
    text === null || isRemoved(text) ? null : readRecord(text, format, nameOf(id));

  async function list(): Promise<{ records: T[]; wrong: string[] }> {
    const all = Object.entries(await onRedis(() => redis.hgetall(hash)));
    const wrong: string[] = [];
    const records = all.flatMap(([id, text]): T[] => {
      try {
        return isRemoved(text) ? [] : [readRecord(text, format, nameOf(id))];
      } catch (error) {
        if (!isMarteauError(error)) throw error;
        wrong.push(error.message);
        return [];
      }
    });
    return { records, wrong };
  }

  /** Its revision, or less than any where it is damaged: what was mended by hand holds. */
  function rankOf(id: string, text: string): number {
    try {
      read(id, text);
    } catch (error) {
      if (!isMarteauError(error, 'newer-data')) return -1;
    }
    return revisionOf(text);
  }

  async function fillOne(id: string): Promise<void> {
    const [kept, copy] = [await readKept(pathOf(id)), await copyOf(id)];
    if (kept === null || kept === copy) return;
    if (copy === null || rankOf(id, copy) <= rankOf(id, kept)) await swap(id, copy, kept);
    else await keep(id, copy);
  }

  return {
    get: async (id) => read(id, await textOf(id)),
    has: async (id) => {
      const text = await textOf(id);
      return text !== null && !isRemoved(text);
    },
    async kept(id, unless) {
      if (!isMarteauError(unless, 'store-unavailable')) throw unless;
      return ID_PATTERN.test(id) ? read(id, await readKept(pathOf(id))) : null;
    },
    list,
    put: async (id, record) => void (await write(id, () => record)),
    change: (id, work) => write(id, (before) => work(read(id, before))),
    remove: async (id) => void ((await textOf(id)) !== null && (await write(id, () => null))),
    async fill() {
      await mkdir(folder, { recursive: true });
      const names = await readdir(folder);
      const ids = names.map((name) => basename(name, '.json')).filter((id) => ID_PATTERN.test(id));
      for (let n = 0; n < ids.length; n += AT_ONCE) await Promise.all(ids.slice(n, n + AT_ONCE).map(fillOne));
      return (await list()).wrong;
    },
  };
}

async function readKept(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** How often it was changed: 0 where that was not counted yet, -1 for what is no record or none. */
function revisionOf(text: string | null): number {
  try {
    const { revision = 0 } = JSON.parse(text ?? '');
    return Number(revision);
  } catch {
    return -1;
  }
}

function isRemoved(text: string): boolean {
  return /^\{"removed":true,"revision":\d+\}$/.test(text);
}
