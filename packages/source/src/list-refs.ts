import { openWorkFolder } from '@marteau/launch';
import type { RefsResult } from './git/job.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import { READ_PURPOSE } from './read-file.ts';

/**
 * What branches and tags a repository has now, with their commits; nothing is fetched.
 * @throws MarteauError clone-*, git-*; the signal's reason when it aborts
 */
export async function listRefs(options: Omit<GitOptions, 'maxBytes'>): Promise<RefsResult> {
  await using folder = await openWorkFolder(READ_PURPOSE, process.pid);
  const job = { kind: 'refs', ref: { kind: 'default' }, folder: folder.path } as const;
  return await runJob<RefsResult>(job, { ...options, maxBytes: Number.POSITIVE_INFINITY });
}
