import { fileLimits } from '@marteau/file';
import { isGoneProcess, openWorkFolder, sweepLeftovers, sweepWorkFolders } from '@marteau/launch';
import type { ReadResult } from './git/job.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import type { Ref } from './ref.ts';

export interface ReadOptions extends Omit<GitOptions, 'maxBytes'> {
  /** From `parseRef`; the default branch, if not given. */
  readonly ref?: Ref;
  /** Bytes that git may receive (default 64 MB: a host that knows no filters sends every file). */
  readonly maxBytes?: number;
}

const FILE = '.marteau.yml';
/** Of the folders of reads, and of what else a service does with git. */
export const READ_PURPOSE = 'read';
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the text of a project's `.marteau.yml` and the names of its other files, as cheaply as the host allows:
 * one commit, no contents, no checkout.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*, marteau-file-*; the signal's reason when it aborts
 */
export async function readMarteauFile(options: ReadOptions): Promise<ReadResult> {
  const { ref = { kind: 'default' }, maxBytes = MOST_BYTES } = options;
  const git = { ...options, maxBytes };
  await using folder = await openWorkFolder(READ_PURPOSE, process.pid);
  const job = { kind: 'read', ref, folder: folder.path, path: FILE, maxFileBytes: fileLimits.bytes } as const;
  return await runJob<ReadResult>(job, git);
}

/**
 * Removes the folders of reads whose process is no more, with what still writes there, and returns their names. To be
 * called when a service starts, before its first read: whatever bears its own number is of a predecessor, as in a
 * container, where each is process 1.
 */
export function sweepReads(): Promise<string[]> {
  sweepLeftovers();
  return sweepWorkFolders(READ_PURPOSE, (owner) => Number(owner) === process.pid || isGoneProcess(owner));
}
