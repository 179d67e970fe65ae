import { isMarteauError, runIdTime } from '@marteau/shared';
import type { Redis } from 'ioredis';
import type { Bin } from '../bin/bin.ts';
import type { IsBinned } from '../bin/bin-records.ts';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { ENDED } from './ended-states.ts';
import { adoptRun } from './remember.ts';
import { readRunJson } from './run-json.ts';

export interface RetentionLimits {
  /** Ended runs older than this go, ms; null keeps all. */
  maxAgeMs: number | null;
  /** What is in the bin, then the oldest go until all folders together have at most so many bytes; null for no limit. */
  maxBytes: number | null;
}

const PAGE = 200;
/** So long what was deleted can be had back. */
const BIN_MS = 30 * 86_400_000;
/** A folder without a record of its run: left behind by a crash. It may just be being made, or merged, too. */
const ORPHAN_MS = 86_400_000;

interface Kept {
  id: string;
  bytes: number;
}

/** See Store.retain. Reads all folders' sizes: for once a day. */
export async function retainRuns(
  context: Context,
  limits: RetentionLimits,
  { remove, bin }: { remove: (id: string) => Promise<void>; bin: Pick<Bin, 'list' | 'erase' | 'expire'> },
): Promise<{ removed: string[]; bytes: number }> {
  const result = { removed: [] as string[], bytes: 0 };
  const drop = async ({ id, bytes }: Kept): Promise<void> => {
    try {
      await remove(id);
      result.removed.push(id);
      result.bytes += bytes;
    } catch (error) {
      if (!isMarteauError(error, 'not-found') && !isMarteauError(error, 'wrong-state')) throw error;
    }
  };

  await bin.expire(BIN_MS);
  const kept: Kept[] = [];
  const sizes = await context.folders.sizes();
  const sizeOf = (id: string): number => sizes.get(id) ?? 0;
  let total = sizes.values().reduce((sum, size) => sum + size, 0);
  await dropEarlierEntries(context);
  const pinned = new Set(await onRedis(() => context.redis.smembers(redisKeys.pinned())));
  for await (const id of oldestFirst(context)) {
    const bytes = sizeOf(id);
    if (pinned.has(id)) continue;
    if (limits.maxAgeMs !== null && (await endedBy(context, id, context.clock.now() - limits.maxAgeMs))) {
      await drop({ id, bytes });
      total -= bytes;
    } else kept.push({ id, bytes });
  }
  for (const { id, runs = [id] } of (await bin.list()).entries.reverse()) {
    if (limits.maxBytes === null || total <= limits.maxBytes) break;
    await bin.erase(id);
    total -= runs.reduce((sum, run) => sum + sizeOf(run), 0);
  }
  for (const run of kept) {
    if (limits.maxBytes === null || total <= limits.maxBytes) break;
    await drop(run);
    total -= run.bytes;
  }
  await lookAtOrphans(context);
  return result;
}

/** Ended runs, those first that were submitted first. */
async function* oldestFirst({ redis }: Context): AsyncGenerator<string> {
  for (let last: string | null = null; ; ) {
    const from: string = last === null ? '-' : `(${last}`;
    const lists: string[][] = await onRedis(() =>
      Promise.all(
        ENDED.map((state) => redis.zrangebylex(redisKeys.state(state), from, '+', 'LIMIT', 0, PAGE)),
      ),
    );
    const ids = lists.flat().sort().slice(0, PAGE);
    yield* ids;
    if (ids.length < PAGE) return;
    last = ids.at(-1)!;
  }
}

/** Whether it had ended by then, ms. Of what was submitted later that needs no look. */
async function endedBy(context: Context, id: string, by: number): Promise<boolean> {
  if (runIdTime(id) > by) return false;
  const [run] = await context.read.many([id]);
  return run?.endedAt != null && Date.parse(run.endedAt) < by;
}

/** What versions before this one kept of ended runs in Redis, and needs no more. */
async function dropEarlierEntries({ redis }: Context): Promise<void> {
  await onRedis(() => redis.unlink(redisKeys.runs()));
  for (let cursor = '0'; ; ) {
    const [next, keys] = await onRedis(() => redis.scan(cursor, 'MATCH', redisKeys.past('*'), 'COUNT', PAGE));
    if (keys.length > 0) await onRedis(() => redis.unlink(...keys));
    if (next === '0') return;
    cursor = next;
  }
}

/** Folders that no list has: those that are whole come into the lists, the others go once nothing has been put there for a day. */
async function lookAtOrphans(context: Context): Promise<void> {
  const { redis, folders, clock, log } = context;
  const isBinned = await context.bin.look();
  for (const id of await folders.list()) {
    if (clock.now() - runIdTime(id) < ORPHAN_MS || (await isListed(redis, id))) continue;
    if (await isRun(context, id, isBinned)) continue;
    const newest = Math.max(...(await folders.of(id).list()).map(({ modifiedAt }) => modifiedAt.getTime()));
    if (clock.now() - newest < ORPHAN_MS) continue;
    log.info({ run: id }, 'removed a folder whose run is not known');
    await folders.remove(id);
  }
}

async function isListed(redis: Redis, id: string): Promise<boolean> {
  const places = await onRedis(() =>
    Promise.all([
      redis.exists(redisKeys.run(id)),
      ...ENDED.map((state) => redis.zscore(redisKeys.state(state), id)),
    ]),
  );
  return places.some((place) => place !== null && place !== 0);
}

/** Whether it is a run, be its record readable or not; it comes into the lists, unless it is in the bin. */
async function isRun(context: Context, id: string, isBinned: IsBinned): Promise<boolean> {
  try {
    const run = await readRunJson(context.folders, id);
    return run !== null && (isBinned(run) || (await adoptRun(context, id, { isBinned })));
  } catch (error) {
    if (!isMarteauError(error)) throw error;
    context.log.warn({ run: id }, error.message);
    return true;
  }
}
