import { GitError, type SimpleGit } from 'simple-git';
import { REMOTE } from './hardened-git.ts';
import type { MergeBaseJob } from './job.ts';
import { fetchInto, type Located } from './receive.ts';

/** The commit where a branch was left; null where two histories have nothing in common. Only commits are fetched. */
export async function mergeBaseOf(
  git: SimpleGit,
  { want }: Located,
  { branch }: MergeBaseJob,
): Promise<string | null> {
  const format = want.length === 64 ? ['--object-format=sha256'] : [];
  await git.raw(['init', '--bare', '--template=', '--initial-branch=marteau', '.git', ...format]);
  await fetchInto(git, ['--filter=tree:0', REMOTE, `+${want}:refs/marteau/head`]);
  await fetchInto(git, ['--filter=tree:0', REMOTE, `+refs/heads/${branch}:refs/marteau/base`]);
  try {
    return (await git.raw(['merge-base', 'refs/marteau/head', 'refs/marteau/base'])).trim() || null;
  } catch (error) {
    // It says nothing, and ends with 1.
    if (error instanceof GitError && /^\s*git ended with exit code 1\s*$/.test(error.message)) return null;
    throw error;
  }
}
