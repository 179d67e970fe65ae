import { isMarteauError, redisKeys } from '@marteau/shared';
import type { Notices } from '../api/store.ts';
import type { Context } from '../context.ts';
import { onRedis } from '../redis/store-error.ts';
import { writePast } from './past.ts';
import { isPinnedOnDisk } from './pin.ts';
import { readRunJson } from './run-json.ts';

/** So long only one process fills the index; should it die, another goes on. */
const TURN_MS = 60_000;
/** A bucket answers many questions in the time of one. */
const AT_ONCE = 16;
/** So long the pages tell of it. */
const NOTICE_S = 7 * 86_400;

/**
 * Fills an emptied index from the folders: each run.json becomes an entry. Runs that had not ended have none and are
 * lost, which the pages say. @returns how many runs came back
 */
export async function rebuildIndex(context: Context): Promise<number> {
  const { redis, folders, log, clock } = context;
  const turn = redisKeys.turn('rebuild');
  if (!(await onRedis(() => redis.set(turn, '1', 'PX', TURN_MS, 'NX')))) return 0;
  let runs = 0;
  let skipped = 0;
  const ids = await folders.list();
  for (let n = 0; n < ids.length; n += AT_ONCE) {
    const restored = await Promise.all(ids.slice(n, n + AT_ONCE).map((id) => restore(context, id)));
    runs += restored.filter(Boolean).length;
    skipped += restored.filter((isRun) => !isRun).length;
    await onRedis(() => redis.pexpire(turn, TURN_MS));
  }
  await onRedis(async () => {
    if (runs + skipped > 0) {
      const rebuilt: Notices['rebuilt'] = { at: new Date(clock.now()).toISOString(), runs, skipped };
      await redis.set(redisKeys.notices(), JSON.stringify({ rebuilt }), 'EX', NOTICE_S);
      log.warn(
        { runs, skipped },
        'Redis was empty: the runs were read from their folders; unfinished ones are lost',
      );
    }
    await redis.set(redisKeys.index(), '1');
    await redis.del(turn);
  });
  return runs;
}

/** Whether the index stands. */
export function isIndexed({ redis }: Context): Promise<boolean> {
  return onRedis(async () => (await redis.exists(redisKeys.index())) === 1);
}

export function readNotices({ redis }: Context): Promise<Notices> {
  return onRedis(async () => {
    const json = await redis.get(redisKeys.notices());
    return json ? JSON.parse(json) : { rebuilt: null };
  });
}

async function restore({ script, folders, log }: Context, id: string): Promise<boolean> {
  try {
    const run = await readRunJson(folders.of(id));
    if (run?.id !== id) return false;
    await script('restore', {
      id,
      past: writePast(run),
      state: run.state,
      project: run.project,
      submittedAt: Date.parse(run.submittedAt),
      pinned: await isPinnedOnDisk(folders, id),
    });
    return true;
  } catch (error) {
    if (!isMarteauError(error, 'newer-data')) throw error;
    log.warn({ runId: id }, error.message);
    return false;
  }
}
