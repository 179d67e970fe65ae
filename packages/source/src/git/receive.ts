import { GitError, type SimpleGit } from 'simple-git';
import { REMOTE } from './hardened-git.ts';
import type { Commit } from './job.ts';
import type { Located } from './locate.ts';
import { refusal } from './refusal.ts';

const NOT_GIVEN_OUT = /not our ref|unadvertised object|couldn't find remote ref/i;

/**
 * Fetches the one commit into a new repository, with as little around it as the host can do.
 * @param filter leaves file contents out where the host knows how to
 */
export async function receive(
  git: SimpleGit,
  located: Located,
  repo: string,
  filter: boolean,
): Promise<Commit> {
  const { want, branch, tag } = located;
  const format = want.length === 64 ? ['--object-format=sha256'] : [];
  await git.raw(['init', '--template=', '--initial-branch=marteau', ...format]);
  const only = ['--depth=1', ...(filter ? ['--filter=blob:none'] : [])];
  await fetch(git, [...only, REMOTE, want]).catch(async (error: unknown) => {
    if (!(error instanceof GitError && NOT_GIVEN_OUT.test(error.message))) throw error;
    await receiveAll(git, error.message, want, repo);
  });
  const commit = await describe(git, want).catch((error: unknown) => {
    if (!(error instanceof GitError && /expected commit type/.test(error.message))) throw error;
    throw refusal('ref-not-a-commit', { ref: tag ?? branch ?? want, repo });
  });
  return { ...commit, branch, tag };
}

/** Old hosts give out no commit by its SHA, only branches: then with all their history, to find it there. */
async function receiveAll(git: SimpleGit, said: string, want: string, repo: string): Promise<void> {
  const unknown = refusal('commit-unknown', { ref: want, repo });
  if (!/unadvertised object/i.test(said)) throw unknown;
  await fetch(git, [REMOTE, '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']);
  await git.raw(['cat-file', '-e', want]).catch(() => {
    throw unknown;
  });
}

async function fetch(git: SimpleGit, args: readonly string[]): Promise<void> {
  await git.raw([
    'fetch',
    '--progress',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-auto-maintenance',
    ...args,
  ]);
}

/** @param want a commit, or an annotated tag of one */
async function describe(git: SimpleGit, want: string) {
  const output = await git.raw(['log', '-1', '--format=%H%x00%an%x00%ct%x00%s', `${want}^{commit}`, '--']);
  const [commit = '', author = '', seconds = '', subject = ''] = output.trimEnd().split('\0');
  return { commit, author: short(author), committedAt: instant(Number(seconds)), subject: short(subject) };
}

function short(text: string): string {
  return [...text].slice(0, 200).join('');
}

/** A commit may claim any time: what no calendar knows becomes 1970. */
function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
