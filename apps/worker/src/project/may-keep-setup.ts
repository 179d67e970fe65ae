import { overridesBeyond, type ResolvedFile } from '@marteau/file';
import { type FetchedSource, type FetchOptions, findMergeBase, protectedRefs } from '@marteau/source';
import type { JobLease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { isOfFork } from './forks.ts';
import { isOwnWord } from './given-secrets.ts';

interface Asked {
  readonly file: ResolvedFile;
  readonly source: FetchedSource;
  readonly host: Pick<FetchOptions, 'address' | 'token'>;
}

/**
 * Whether later runs may find what a run's `setup` has installed: where its commit is on a branch or tag that only the
 * project's own people write, and nothing of the submission changes what is run. Of a project that names no such
 * branches that is the default one.
 */
export async function mayKeepSetup(
  { config }: Context,
  { run, secrets, signal }: LeasedJob<JobLease>,
  { file, source, host }: Asked,
): Promise<boolean> {
  if (file.runner.setup.length === 0 || isOfFork(run)) return false;
  if (protectedRefs(secrets, run.project) !== undefined) return isOwnWord(run, source);
  const { commit, branch, defaultBranch } = source;
  if (defaultBranch === null || overridesBeyond('load', run.overrides).length > 0) return false;
  if (branch === defaultBranch) return true;
  const base = await findMergeBase({
    ...host,
    ref: { kind: 'commit', sha: commit },
    branch: defaultBranch,
    path: config.searchPath,
    signal,
    deadlineMs: config.deadlines.clone,
  }).catch(() => null);
  signal.throwIfAborted();
  return base === commit;
}
