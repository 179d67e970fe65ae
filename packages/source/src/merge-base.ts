import { openWorkFolder } from '@marteau/launch';
import type { MergeBaseResult } from './git/job.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import { READ_PURPOSE } from './read-file.ts';
import { parseRef, type Ref } from './ref.ts';

export interface MergeBaseOptions extends Omit<GitOptions, 'maxBytes'> {
  readonly ref: Ref;
  /** The branch that it is to be merged into. */
  readonly branch: string;
  /** Bytes that git may receive: commits alone, where the host can leave out the rest. */
  readonly maxBytes?: number;
}

const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The commit where the history of a ref left that of a branch: what a pull request's head is compared with. Null where
 * they have nothing in common.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*; the signal's reason when it aborts
 */
export async function findMergeBase(options: MergeBaseOptions): Promise<string | null> {
  const { ref, branch, maxBytes = MOST_BYTES } = options;
  parseRef(branch);
  await using folder = await openWorkFolder(READ_PURPOSE, process.pid);
  const job = { kind: 'merge-base', ref, branch, folder: folder.path } as const;
  return (await runJob<MergeBaseResult>(job, { ...options, maxBytes })).base;
}
