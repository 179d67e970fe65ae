import { GitError, type SimpleGit } from 'simple-git';
import type { Ref } from '../ref.ts';
import { REMOTE } from './hardened-git.ts';
import type { Commit } from './job.ts';
import { Refusal, refusal } from './refusal.ts';

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
): Promise<Omit<Commit, 'byToken'>> {
  const { want, branch, tag, defaultBranch } = located;
  const format = want.length === 64 ? ['--object-format=sha256'] : [];
  await git.raw(['init', '--template=', '--initial-branch=marteau', ...format]);
  const only = ['--depth=1', ...(filter ? ['--filter=blob:none'] : [])];
  await fetchInto(git, [...only, REMOTE, want]).catch(async (error: unknown) => {
    if (!(error instanceof GitError && NOT_GIVEN_OUT.test(error.message))) throw error;
    await receiveAll(git, error.message, want, repo);
  });
  const commit = await describe(git, want).catch((error: unknown) => {
    if (!(error instanceof GitError && /expected commit type/.test(error.message))) throw error;
    throw refusal('ref-not-a-commit', { ref: tag ?? branch ?? want, repo });
  });
  return { ...commit, branch, tag, defaultBranch };
}

/** Old hosts give out no commit by its SHA, only branches: then with all their history, to find it there. */
async function receiveAll(git: SimpleGit, said: string, want: string, repo: string): Promise<void> {
  const unknown = refusal('commit-unknown', { ref: want, repo });
  if (!/unadvertised object/i.test(said)) throw unknown;
  await fetchInto(git, [REMOTE, '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']);
  await git.raw(['cat-file', '-e', want]).catch(() => {
    throw unknown;
  });
}

/** Fetches with nothing around what is asked for. */
export async function fetchInto(git: SimpleGit, args: readonly string[]): Promise<void> {
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

export function short(text: string): string {
  return [...text].slice(0, 200).join('');
}

/** A commit may claim any time: what no calendar knows becomes 1970. */
function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}

/** Where the wanted commit is: what to ask the host for, and the names it was found by. */
export interface Located {
  /** The full SHA of a commit or of an annotated tag. */
  readonly want: string;
  readonly branch: string | null;
  readonly tag: string | null;
  readonly defaultBranch: string | null;
}

/** Asks the host what the ref is at this moment, so that what is fetched afterwards is pinned. */
export async function locate(git: SimpleGit, ref: Ref): Promise<Located> {
  switch (ref.kind) {
    case 'default':
      return locateDefault(git);
    case 'commit': {
      const { head } = await lsRemote(git, ['HEAD']); // whether there is such a repository
      return { want: ref.sha, branch: null, tag: null, defaultBranch: head };
    }
    case 'name':
      return locateName(git, ref.name);
  }
}

async function locateDefault(git: SimpleGit): Promise<Located> {
  const { refs, head } = await lsRemote(git, ['HEAD']);
  const want = refs.get('HEAD');
  if (!want) throw await unknown(git, head ?? 'HEAD');
  return { want, branch: head, tag: null, defaultBranch: head };
}

async function locateName(git: SimpleGit, name: string): Promise<Located> {
  const candidates = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
  const { refs, head } = await lsRemote(git, ['HEAD', ...candidates]);
  const found = candidates.find((candidate) => refs.has(candidate));
  if (!found) throw await unknown(git, name);
  const [branch, tag] = [after('refs/heads/', found), after('refs/tags/', found)];
  return { want: refs.get(found)!, branch, tag, defaultBranch: head };
}

/** The refusal for a ref that is not there, with the names of those that are. */
async function unknown(git: SimpleGit, name: string): Promise<Refusal> {
  const { refs } = await lsRemote(git, []);
  return new Refusal({ kind: 'no-ref', name, refs: [...refs.keys()] });
}

/**
 * The refs that match, with their SHAs, and the branch that HEAD is.
 * @param patterns of refs, or options that choose them
 */
export async function lsRemote(git: SimpleGit, patterns: readonly string[]) {
  const isOption = (pattern: string) => pattern.startsWith('--');
  const [options, names] = [patterns.filter(isOption), patterns.filter((each) => !isOption(each))];
  const output = await git.raw(['ls-remote', '--symref', ...options, REMOTE, ...names]);
  const refs = new Map<string, string>();
  let head: string | null = null;
  for (const line of output.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ')) {
      if (name === 'HEAD') head = after('refs/heads/', value.slice(5));
    } else if (/^[0-9a-f]{40,64}$/.test(value)) {
      refs.set(name, value);
    }
  }
  return { refs, head };
}

function after(prefix: string, ref: string): string | null {
  return ref.startsWith(prefix) ? ref.slice(prefix.length) : null;
}
