import { mkdtemp, rm } from 'node:fs/promises';
import { fileLimits } from '@marteau/file';
import type { ReadResult } from './git/job.ts';
import { remoteOf } from './git/remote-of.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import type { Ref } from './ref.ts';
import { readFolderPrefix } from './sweep-reads.ts';

export interface ReadOptions extends Omit<GitOptions, 'maxBytes'> {
  /** From `parseRef`; the default branch, if not given. */
  readonly ref?: Ref;
  /** Bytes that git may receive (default 64 MB: a host that knows no filters sends every file). */
  readonly maxBytes?: number;
}

const FILE = '.marteau.yml';
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the text of a project's `.marteau.yml` and the names of its other files, as cheaply as the host allows:
 * one commit, no contents, no checkout.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*, marteau-file-*; the signal's reason when it aborts
 */
export async function readMarteauFile(options: ReadOptions): Promise<ReadResult> {
  const { ref = { kind: 'default' }, maxBytes = MOST_BYTES } = options;
  const git = { ...options, maxBytes };
  const folder = await mkdtemp(readFolderPrefix());
  try {
    const base = { remote: remoteOf(git), repo: options.address.url, ref, folder };
    return await runJob<ReadResult>(
      { kind: 'read', ...base, path: FILE, maxFileBytes: fileLimits.bytes },
      git,
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
