import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '@marteau/shared';
import type { FetchResult } from './git/job.ts';
import { type GitOptions, runJob } from './git/run-job.ts';
import type { Ref } from './ref.ts';

export interface FetchOptions extends GitOptions {
  /** From `parseRef`; the default branch, if not given. */
  readonly ref?: Ref;
  /** The folder for the files: made by this, or empty. */
  readonly into: string;
  /** How many files there may be (default 50,000). */
  readonly maxFiles?: number;
  /** Names of branches and tags (`release/*`) to look for the commit on, null for the default branch and all tags. */
  readonly protectedRefs?: readonly string[] | null | undefined;
}

export interface FetchedSource extends FetchResult {
  /** The folder with the files; there is no `.git` in it. */
  readonly dir: string;
}

const MOST_FILES = 50_000;

/**
 * Fetches a project's files at one commit. Symbolic links become files that hold the target; submodules stay empty
 * folders. When it fails, nothing of it is left.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*; the signal's reason when it aborts
 */
export async function fetchSource(options: FetchOptions): Promise<FetchedSource> {
  const { into, ref = { kind: 'default' }, maxBytes, maxFiles = MOST_FILES } = options;
  await mkdir(into, { recursive: true });
  if ((await readdir(into)).length > 0) throw new Error(`${into} is not empty`);
  const job = {
    kind: 'fetch',
    ref,
    folder: into,
    maxBytes,
    sizeLimit: formatBytes(maxBytes),
    maxFiles,
    protectedRefs: options.protectedRefs,
  } as const;
  try {
    const result = await runJob<FetchResult>(job, options);
    await rm(join(into, '.git'), { recursive: true, force: true });
    return { ...result, dir: into };
  } catch (error) {
    await rm(into, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}
