import { MarteauError, type Run, readRunRecord } from '@marteau/shared';
import { type RunFolder, WORK_FOLDER } from '../folders/folders.ts';

/** Goes with the rest of the work folder when the run has ended. */
const FILE = `${WORK_FOLDER}/run.json`;

/** See Runs.trace. */
export async function writeTrace(folder: RunFolder, run: Run): Promise<void> {
  await folder.put(FILE, JSON.stringify(run));
}

/** Whether a run that Redis does not know was on its way, and not deleted. */
export async function hasTrace(folder: RunFolder): Promise<boolean> {
  return (await folder.text(FILE)) !== null;
}

/** The record of a run that was lost on its way with the data of Redis; null where it left none. @param now ms */
export async function readLost(folder: RunFolder, id: string, now: number): Promise<Run | null> {
  const text = await folder.text(FILE);
  const run = text === null ? null : readRunRecord(text, id);
  if (!run) return null;
  const { code, message } = new MarteauError('lost-with-redis', { state: run.state });
  const at = new Date(now).toISOString();
  return {
    ...run,
    state: 'error',
    phase: null,
    reason: message,
    reasonCode: code,
    endedAt: at,
    timeline: [...run.timeline, { state: 'error', at }],
  };
}
