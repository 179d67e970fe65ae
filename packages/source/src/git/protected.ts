import type { SimpleGit } from 'simple-git';
import { REMOTE } from './hardened-git.ts';
import type { Commit } from './job.ts';
import { fetchInto, lsRemote } from './receive.ts';

/** Branches and tags whose history is looked at: more would cost more than a run is worth. */
const MOST_REFS = 100;
/** Between a commit's own time and what came before it, as clocks of several people go. */
const DAY_MS = 86_400_000;

/**
 * The branch or tag among the protected ones from which a commit is reached: whoever may write there has approved it.
 * A host gives out commits of forks and of requests to merge, too, and those are on none.
 * @param patterns names of branches and tags, `*` for anything; null for the default branch and all tags
 * @returns null when there is none, or the host could not tell
 */
export async function protectedBy(
  git: SimpleGit,
  { commit, committedAt }: Pick<Commit, 'commit' | 'committedAt'>,
  patterns: readonly string[] | null,
): Promise<string | null> {
  const { head } = await lsRemote(git, ['HEAD']);
  const { refs } = await lsRemote(git, ['--heads', '--tags']);
  const matches = matcher(patterns, head);
  const tips = [...refs].filter(([name]) => matches(name.replace(/\^\{\}$/, '')));
  const at = tips.find(([, sha]) => sha === commit)?.[0];
  if (at !== undefined) return short(at);
  const names = tips.map(([name]) => name).filter((name) => !name.endsWith('^{}'));
  return containing(git, { commit, committedAt }, names.slice(0, MOST_REFS)).catch(() => null);
}

function matcher(patterns: readonly string[] | null, head: string | null): (ref: string) => boolean {
  if (patterns === null) return (ref) => ref === `refs/heads/${head}` || ref.startsWith('refs/tags/');
  const all = patterns.map((pattern) =>
    pattern
      .split('*')
      .map((text) => RegExp.escape(text))
      .join('.*'),
  );
  const named = new RegExp(`^refs/(heads|tags)/(${all.join('|')})$`);
  return (ref) => named.test(ref);
}

/** Fetches the histories without a file in them, as far back as the commit is old. Rejects when the host cannot. */
async function containing(
  git: SimpleGit,
  { commit, committedAt }: Pick<Commit, 'commit' | 'committedAt'>,
  names: readonly string[],
): Promise<string | null> {
  if (names.length === 0) return null;
  const since = new Date(Math.max(0, Date.parse(committedAt) - DAY_MS)).toISOString();
  const into = names.map((name, index) => `+${name}:refs/protected/${index}`);
  await fetchInto(git, ['--filter=tree:0', `--shallow-since=${since}`, REMOTE, ...into]);
  const found = await git.raw([
    'for-each-ref',
    `--contains=${commit}`,
    '--count=1',
    '--format=%(refname:lstrip=2)',
    'refs/protected/',
  ]);
  const name = found.trim() === '' ? undefined : names[Number(found.trim())];
  return name === undefined ? null : short(name);
}

function short(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '').replace(/\^\{\}$/, '');
}
