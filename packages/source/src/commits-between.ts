import { openWorkFolder } from '@marteau/launch';
import type { BetweenResult } from './git/job.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import { READ_PURPOSE } from './read-file.ts';
import { parseRef } from './ref.ts';

export interface BetweenOptions extends Omit<GitOptions, 'maxBytes'> {
  /** Commits: `from` is left out. */
  readonly from: string;
  readonly to: string;
  /** The newest so many are listed. */
  readonly most: number;
}

const MOST_BYTES = 256 * 1024 * 1024;

/**
 * What came to a history between two commits of it, by first parents: what was merged counts as its merge.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*; the signal's reason when it aborts
 */
export async function commitsBetween({ from, to, most, ...options }: BetweenOptions): Promise<BetweenResult> {
  const [ref, left] = [parseRef(to), parseRef(from)];
  if (left.kind !== 'commit') throw new Error(`${from} is no commit`);
  await using folder = await openWorkFolder(READ_PURPOSE, process.pid);
  const job = { kind: 'between', ref, from: left.sha, most, folder: folder.path } as const;
  return await runJob<BetweenResult>(job, { ...options, maxBytes: MOST_BYTES });
}
