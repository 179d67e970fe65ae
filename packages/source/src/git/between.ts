import type { SimpleGit } from 'simple-git';
import { REMOTE } from './hardened-git.ts';
import type { BetweenJob, BetweenResult } from './job.ts';
import { fetchInto, type Located, short } from './receive.ts';

/** The first parents of a commit that another one does not have. Only commits are fetched. */
export async function between(
  git: SimpleGit,
  { want }: Located,
  { from, most }: BetweenJob,
): Promise<BetweenResult> {
  const format = want.length === 64 ? ['--object-format=sha256'] : [];
  await git.raw(['init', '--bare', '--template=', '--initial-branch=marteau', '.git', ...format]);
  await fetchInto(git, ['--filter=tree:0', REMOTE, `+${want}:refs/marteau/head`]);
  await fetchInto(git, ['--filter=tree:0', REMOTE, `+${from}:refs/marteau/from`]);
  const range = ['--first-parent', 'refs/marteau/from..refs/marteau/head', '--'];
  const count = Number(await git.raw(['rev-list', '--count', ...range]));
  const log = await git.raw(['log', `--max-count=${most}`, '--format=%H%x00%an%x00%s', ...range]);
  const commits = log.split('\n').flatMap((line) => {
    const [sha = '', author = '', subject = ''] = line.split('\0');
    return sha === '' ? [] : [{ sha, author: short(author), subject: short(subject) }];
  });
  return { commits: commits.toReversed(), count };
}
