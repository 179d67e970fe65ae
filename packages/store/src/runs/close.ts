import { hasEnded } from '@marteau/shared';
import type { Context } from '../context.ts';
import { exportEvents } from '../events/export.ts';
import { WORK_FOLDER } from '../folders/folders.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { writePast } from './past.ts';
import { writeRunJson } from './run-json.ts';

/** Viewers who were reading the stream may still resume there; after it they read the folder. */
const KEEP_EVENTS_MS = 30 * 60_000;
const AT_ONCE = 20;
const RETRY_MS = 10_000;

/**
 * Completes the folder of an ended run: its events, its console where finalize left none, its run.json, and nothing
 * that only the work on it needed; then one short entry is all that stays in Redis. Every step may be repeated, by several processes at once.
 */
export async function closeRun(context: Context, id: string): Promise<void> {
  const { redis, read, folders, script } = context;
  const closing = redisKeys.closing();
  const seen = await onRedis(() => redis.zscore(closing, id));
  if (seen === null) return;
  const run = await read.one(id);
  if (!run || !hasEnded(run.state)) {
    await onRedis(() => redis.zrem(closing, id));
    return;
  }
  const folder = folders.of(id);
  await exportEvents(redis, folder, id);
  await writeRunJson(folder, run);
  await folder.remove(WORK_FOLDER);
  const closed = await script('close', { id, past: writePast(run), seen, keepEventsMs: KEEP_EVENTS_MS });
  if (!closed) await folders.remove(id);
}

/** Closes the runs that ended, those first that ended first. One that fails is tried again in a while. */
export async function closeEndedRuns(context: Context): Promise<void> {
  const { redis, clock, log } = context;
  const closing = redisKeys.closing();
  const ids = await onRedis(() => redis.zrangebyscore(closing, '-inf', clock.now(), 'LIMIT', 0, AT_ONCE));
  for (const id of ids) {
    try {
      await closeRun(context, id);
    } catch (error) {
      log.error({ run: id, err: error }, 'the folder of an ended run is not complete; trying again soon');
      await onRedis(() => redis.zadd(closing, 'XX', Math.ceil(clock.now() + RETRY_MS), id));
    }
  }
}
