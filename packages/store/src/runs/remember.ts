import { hasEnded, type Run } from '@marteau/shared';
import type { IsBinned } from '../bin/bin-records.ts';
import type { Context } from '../context.ts';
import { rememberNotes } from '../notes/notes.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { isPinnedOnDisk } from './pin.ts';
import { readRunJson } from './run-json.ts';

/** Puts an ended run back into the index. @param replace also where it is in there already @returns whether it did */
export async function remember(
  context: Pick<Context, 'script' | 'folders' | 'redis'>,
  run: Run,
  replace = false,
): Promise<boolean> {
  const { script, folders } = context;
  const done = await script('restore', {
    id: run.id,
    state: run.state,
    project: run.project,
    listed: run.kind !== 'repeat',
    submittedAt: Date.parse(run.submittedAt),
    pinned: await isPinnedOnDisk(folders, run.id),
    replace,
  });
  if (done === 1) await rememberNotes(context, run.id);
  return done === 1;
}

/** See Runs.adopt. @param isBinned as it is known already */
export async function adoptRun(
  context: Context,
  id: string,
  { replace = false, isBinned }: { replace?: boolean; isBinned?: IsBinned } = {},
): Promise<boolean> {
  const run = await readRunJson(context.folders, id);
  if (run?.id !== id || !hasEnded(run.state)) return false;
  if ((isBinned ?? (await context.bin.look()))(run)) return false;
  if (!(await remember(context, run, replace))) return false;
  await onRedis(() => context.redis.publish(redisKeys.changes(), `${id} ${run.state}`));
  if (run.kind !== 'repeat') await context.makeProject(run.project);
  return true;
}
