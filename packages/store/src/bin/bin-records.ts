import type { Run } from '@marteau/shared';
import type { Context } from '../context.ts';
import { projectId } from '../projects/project.ts';
import { createRecords, type Records } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { BIN_FORMAT, type BinEntry } from './bin-entry.ts';

/** Whether a run is in the bin, by itself or with its project. */
export type IsBinned = (run: Pick<Run, 'id' | 'project' | 'submittedAt'>) => boolean;

export interface BinRecords extends Records<BinEntry> {
  /** As the bin is now. */
  look(): Promise<IsBinned>;
}

/** @param folder absolute, in the data folder */
export function createBinRecords(context: Pick<Context, 'redis' | 'script'>, folder: string): BinRecords {
  const records = createRecords(context, { hash: redisKeys.records('bin'), folder, format: BIN_FORMAT });
  return {
    ...records,
    async look() {
      const entries = new Map((await records.list()).records.map((entry) => [entry.id, entry]));
      return ({ id, project, submittedAt }) => {
        const whole = entries.get(projectId(project));
        // What was submitted later is of the project that was made anew.
        return entries.has(id) || (whole !== undefined && submittedAt <= whole.at);
      };
    },
  };
}
