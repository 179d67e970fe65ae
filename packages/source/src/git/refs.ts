import type { SimpleGit } from 'simple-git';
import type { RefsResult } from './job.ts';
import { lsRemote } from './receive.ts';

const PEELED = '^{}';

/** All branches and tags, each with its commit. */
export async function refsOf(git: SimpleGit): Promise<RefsResult> {
  const { head } = await lsRemote(git, ['HEAD']);
  const { refs } = await lsRemote(git, ['--heads', '--tags']);
  const found: Record<string, string> = {};
  for (const [name, sha] of refs) {
    if (name.endsWith(PEELED)) found[name.slice(0, -PEELED.length)] = sha;
    else found[name] ??= sha;
  }
  return { refs: found, defaultBranch: head };
}
