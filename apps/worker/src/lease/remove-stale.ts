import { hasEnded } from '@marteau/shared';
import { hasTrace, type Lease, WORK_FOLDER } from '@marteau/store';
import type { Context } from '../context.ts';

/** Removes what a job wrote into the folder of its run after that was over: it had stood still for a while. */
export async function removeStale({ store }: Pick<Context, 'store'>, { runId }: Lease): Promise<void> {
  const folder = store.folders.of(runId);
  const run = await store.runs.get(runId);
  if (run && hasEnded(run.state)) await folder.remove(WORK_FOLDER);
  // Deleted, if it is not one that Redis has lost, whose folder is all that tells of it.
  if (!run && (await folder.text('run.json')) === null && !(await hasTrace(folder)))
    await store.folders.remove(runId);
}
