import type { SimpleGit } from 'simple-git';
import type { RefsResult } from './job.ts';
import { lsRemote } from './receive.ts';

const PEELED = '^{}';

/** All branches and tags, each with its commit. @param known what they were: which branch HEAD is is asked where one moved */
export async function refsOf(git: SimpleGit, known: RefsResult['refs'] | null): Promise<RefsResult> {
  const { refs } = await lsRemote(git, ['--heads', '--tags']);
  const found: Record<string, string> = {};
  for (const [name, sha] of refs) {
    if (name.endsWith(PEELED)) found[name.slice(0, -PEELED.length)] = sha;
    else found[name] ??= sha;
  }
  const isSame = known !== null && Object.entries(found).every(([name, sha]) => known[name] === sha);
  return { refs: found, defaultBranch: isSame ? null : (await lsRemote(git, ['HEAD'])).head };
}
