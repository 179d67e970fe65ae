import { openWorkFolder } from '@marteau/launch';
import type { RefsResult } from './git/job.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import { READ_PURPOSE } from './read-file.ts';

export interface RefsOptions extends Omit<GitOptions, 'maxBytes'> {
  /** What they were: where nothing moved, the default branch is not asked for. */
  readonly known?: RefsResult['refs'] | null;
}

/**
 * What branches and tags a repository has now, with their commits; nothing is fetched.
 * @throws MarteauError clone-*, git-*; the signal's reason when it aborts
 */
export async function listRefs({ known = null, ...options }: RefsOptions): Promise<RefsResult> {
  await using folder = await openWorkFolder(READ_PURPOSE, process.pid);
  const job = { kind: 'refs', ref: { kind: 'default' }, known, folder: folder.path } as const;
  return await runJob<RefsResult>(job, { ...options, maxBytes: Number.POSITIVE_INFINITY });
}
