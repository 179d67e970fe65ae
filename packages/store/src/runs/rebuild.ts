import type { IsBinned } from '../bin/bin-records.ts';
import type { Context } from '../context.ts';
import { WORK_FOLDER } from '../folders/folders.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { remember } from './remember.ts';
import { isOfOneRecord, readRunJson, writeRunJson } from './run-json.ts';
import { readLost } from './trace.ts';

/** What a person should know about this store, for every page. */
export interface Notices {
  /** Redis was found empty and filled again from the folders; runs that had not ended then are lost. */
  rebuilt: {
    at: string;
    runs: number;
    lost: number;
    skipped: number;
    /** Why some of the skipped cannot be read, by name; the first of them. */
    unreadable?: string[];
  } | null;
}

/** So long only one process fills the index; should it die, another goes on. */
const TURN_MS = 60_000;
/** A bucket answers many questions in the time of one. */
const AT_ONCE = 16;
/** Pages name so many folders that cannot be read; the log names all. */
const MOST_NAMED = 20;
/** So long the pages tell of it. */
const NOTICE_S = 7 * 86_400;

/**
 * Fills an emptied index from the folders: records of all kinds have their copies again, each run.json becomes an entry. Runs that had not ended are lost: those that
 * a worker had begun end in error, of the others nobody knows more than that there may have been some, which the pages
 * say. @returns how many runs came back
 */
export async function rebuildIndex(context: Context): Promise<number> {
  const { redis, folders, log, clock } = context;
  const turn = redisKeys.turn('rebuild');
  if (!(await onRedis(() => redis.set(turn, '1', 'PX', TURN_MS, 'NX')))) return 0;
  const count = { runs: 0, lost: 0, skipped: 0 };
  const unreadable = await context.fillRecords();
  count.skipped += unreadable.length;
  for (const why of unreadable) log.warn({}, why);
  const isBinned = await context.bin.look();
  const ids = await folders.list();
  for (let n = 0; n < ids.length; n += AT_ONCE) {
    const restored = await Promise.all(ids.slice(n, n + AT_ONCE).map((id) => restore(context, id, isBinned)));
    for (const found of restored) {
      if (found === null) continue;
      count[found.kind] += 1;
      if (found.kind === 'skipped' && unreadable.length < MOST_NAMED) unreadable.push(found.why);
    }
    await onRedis(() => redis.pexpire(turn, TURN_MS));
  }
  await onRedis(async () => {
    if (count.runs + count.lost + count.skipped > 0) {
      const rebuilt: Notices['rebuilt'] = {
        at: new Date(clock.now()).toISOString(),
        ...count,
        unreadable: unreadable.slice(0, MOST_NAMED),
      };
      await redis.set(redisKeys.notices(), JSON.stringify({ rebuilt }), 'EX', NOTICE_S);
      log.warn(count, 'Redis was empty: the runs were read from their folders; unfinished ones are lost');
    }
    await redis.set(redisKeys.index(), '1');
    await redis.del(turn);
  });
  return count.runs;
}

/** Whether the index stands. */
export function isIndexed({ redis }: Pick<Context, 'redis'>): Promise<boolean> {
  return onRedis(async () => (await redis.exists(redisKeys.index())) === 1);
}

export function readNotices({ redis }: Context): Promise<Notices> {
  return onRedis(async () => {
    const json = await redis.get(redisKeys.notices());
    return json ? JSON.parse(json) : { rebuilt: null };
  });
}

type Restored = { kind: 'runs' } | { kind: 'lost' } | { kind: 'skipped'; why: string };

/** What became of a run's folder; null for a run that is in the bin, or goes on: it was submitted after Redis was emptied. */
async function restore(context: Context, id: string, isBinned: IsBinned): Promise<Restored | null> {
  const { redis, folders, log } = context;
  try {
    const run = await readRunJson(folders, id);
    if (run?.id === id) {
      if (isBinned(run)) return null;
      await remember(context, run);
      return { kind: 'runs' };
    }
    if (await onRedis(() => redis.exists(redisKeys.run(id)))) return null;
    if (await endLost(context, id)) return { kind: 'lost' };
    return { kind: 'skipped', why: `The folder ${id} has no run.json of its run.` };
  } catch (error) {
    if (!isOfOneRecord(error)) throw error;
    log.warn({ run: id }, error.message);
    return { kind: 'skipped', why: error.message };
  }
}

/** Gives a run that was on its way its end, in its folder and in the index. False where nothing tells of one. */
async function endLost(context: Context, id: string): Promise<boolean> {
  const folder = context.folders.of(id);
  const lost = await readLost(folder, id, context.clock.now());
  if (lost?.id !== id) return false;
  await writeRunJson(folder, lost);
  await folder.remove(WORK_FOLDER);
  await remember(context, lost);
  return true;
}
