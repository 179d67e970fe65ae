import type { Run } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { Folders } from '../folders/folders.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** In the folder too, so that an emptied Redis does not let go of a baseline. */
const MARKER = 'pinned';

export async function pinRun({ redis, folders }: Context, id: string, pinned: boolean): Promise<void> {
  const folder = folders.of(id);
  if (pinned) {
    await folder.put(MARKER, 'Kept from retention: this run is pinned.\n');
    await onRedis(() => redis.sadd(redisKeys.pinned(), id));
  } else {
    await folder.remove(MARKER);
    await onRedis(() => redis.srem(redisKeys.pinned(), id));
  }
}

export async function pinnedOf({ redis }: Context, ids: readonly string[]): Promise<Set<string>> {
  if (!ids.length) return new Set();
  const answers = await onRedis(() => Promise.all(ids.map((id) => redis.sismember(redisKeys.pinned(), id))));
  return new Set(ids.filter((_, i) => answers[i] === 1));
}

/** See Runs.pinnedIn. Pinned are baselines: a few, whatever the number of runs. */
export async function pinnedRuns({ redis, read }: Context, project: string): Promise<Run[]> {
  const ids = await onRedis(() => redis.smembers(redisKeys.pinned()));
  const runs = await read.many(ids.sort().reverse());
  return runs.filter((run) => run.project === project);
}

/** Whether the folder says that its run is pinned. */
export async function isPinnedOnDisk(folders: Folders, id: string): Promise<boolean> {
  return (await folders.of(id).text(MARKER)) !== null;
}
