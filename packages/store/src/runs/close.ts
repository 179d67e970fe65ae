import { hasEnded, type Run, type RunSummary } from '@marteau/shared';
import type { Context } from '../context.ts';
import { exportEvents } from '../events/export.ts';
import { WORK_FOLDER } from '../folders/folders.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { writeRunJson } from './run-json.ts';

/** Viewers who were reading the stream may still resume there; after it they read the folder. */
const KEEP_EVENTS_MS = 30 * 60_000;
const AT_ONCE = 20;
const RETRY_MS = 10_000;

/**
 * Completes the folder of an ended run: its events, its console where finalize left none, its run.json, and nothing
 * that only the work on it needed; then all that stays in Redis is that it is there. Every step may be repeated, by several processes at once.
 */
export async function closeRun(context: Context, id: string): Promise<void> {
  const { redis, read, folders } = context;
  const closing = redisKeys.closing();
  const seen = await onRedis(() => redis.zscore(closing, id));
  if (seen === null) return;
  const run = await read.one(id);
  if (!run || !hasEnded(run.state)) {
    await onRedis(() => redis.zrem(closing, id));
    return;
  }
  await exportEvents(redis, folders.of(id), id);
  await keepRecord(context, id, seen);
}

/** Gives an ended run other figures for lists, once its results tell more of it. Safe to repeat. */
export async function resummarise(context: Context, id: string, summary: RunSummary): Promise<void> {
  await keepRecord(context, id, '', (run) => ({ ...run, summary }));
}

/** Writes the record of an ended run into its folder. */
async function keepRecord(
  context: Context,
  id: string,
  seen: string,
  change = (run: Run): Run => run,
): Promise<void> {
  const { read, folders, script } = context;
  const folder = folders.of(id);
  for (let answer = 'again', before = -1; answer === 'again'; ) {
    const found = await read.one(id);
    if (!found) return;
    const run = change(found);
    await writeRunJson(folder, run);
    await folder.remove(WORK_FOLDER);
    const waits = run.deliveries.filter(({ state }) => state === 'waiting').length;
    // Read twice alike, it is not old: what waited when Redis was emptied waits in the record for good.
    const waiting = waits === before ? null : waits;
    before = waits;
    answer = await script('close', { id, waiting, seen, keepEventsMs: KEEP_EVENTS_MS });
    if (answer === 'gone') await folders.remove(id);
  }
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
