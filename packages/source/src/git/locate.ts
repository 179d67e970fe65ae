import type { SimpleGit } from 'simple-git';
import type { Ref } from '../ref.ts';
import { REMOTE } from './hardened-git.ts';
import { Refusal } from './refusal.ts';

/** Where the wanted commit is: what to ask the host for, and the names it was found by. */
export interface Located {
  /** The full SHA of a commit or of an annotated tag. */
  readonly want: string;
  readonly branch: string | null;
  readonly tag: string | null;
}

/** Asks the host what the ref is at this moment, so that what is fetched afterwards is pinned. */
export async function locate(git: SimpleGit, ref: Ref): Promise<Located> {
  switch (ref.kind) {
    case 'default':
      return locateDefault(git);
    case 'commit':
      await lsRemote(git, ['HEAD']); // whether there is such a repository
      return { want: ref.sha, branch: null, tag: null };
    case 'name':
      return locateName(git, ref.name);
  }
}

async function locateDefault(git: SimpleGit): Promise<Located> {
  const { refs, head } = await lsRemote(git, ['HEAD']);
  const want = refs.get('HEAD');
  if (!want) throw await unknown(git, head ?? 'HEAD');
  return { want, branch: head, tag: null };
}

async function locateName(git: SimpleGit, name: string): Promise<Located> {
  const candidates = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
  const { refs } = await lsRemote(git, candidates);
  const found = candidates.find((candidate) => refs.has(candidate));
  if (!found) throw await unknown(git, name);
  return { want: refs.get(found)!, branch: after('refs/heads/', found), tag: after('refs/tags/', found) };
}

/** The refusal for a ref that is not there, with the names of those that are. */
async function unknown(git: SimpleGit, name: string): Promise<Refusal> {
  const { refs } = await lsRemote(git, []);
  return new Refusal({ kind: 'no-ref', name, refs: [...refs.keys()] });
}

/** The refs that match, with their SHAs, and the branch that HEAD is. */
async function lsRemote(git: SimpleGit, patterns: readonly string[]) {
  const output = await git.raw(['ls-remote', '--symref', REMOTE, ...patterns]);
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
