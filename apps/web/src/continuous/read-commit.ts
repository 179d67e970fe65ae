import { type MarteauFile, parseFileOffThread, renderProblems } from '@marteau/file';
import { isMarteauError } from '@marteau/shared';
import { checkAddress, findMergeBase, gitAccess, parseRef, readMarteauFile } from '@marteau/source';
import { secretsOf } from '../data/secrets-of.ts';
import type { Continuous } from './context.ts';

const DEADLINE_MS = 60_000;

/** A commit, and its file as far as it can be read. */
export interface ReadCommit {
  readonly commit: string;
  readonly defaultBranch: string | null;
  /** The first line of its message. */
  readonly subject: string;
  readonly file: MarteauFile | null;
  /** Why there is no file, in a sentence. */
  readonly why: string;
}

/** What `.marteau.yml` says at a branch, a tag or a commit. @param ref '' for the default branch @throws MarteauError address-*, clone-*, ref-* */
export async function readCommit(context: Continuous, repo: string, ref: string): Promise<ReadCommit> {
  const { commit, defaultBranch, subject, text } = await readMarteauFile({
    ...(await hostOf(context, repo)),
    ref: parseRef(ref),
  });
  const found = { commit, defaultBranch, subject, file: null };
  if (text === null) return { ...found, why: `There is no .marteau.yml at ${commit.slice(0, 8)}.` };
  const { file, problems } = await parseFileOffThread(text);
  const why = file
    ? ''
    : `The file has mistakes at ${commit.slice(0, 8)}: ${renderProblems(problems.slice(0, 3))}`;
  return { ...found, file, why };
}

/** Where the history of a commit left that of a branch, or why nobody knows, in a sentence. @throws MarteauError with `retry` */
export async function baseOf(
  context: Continuous,
  repo: string,
  { commit, branch }: { commit: string; branch: string },
): Promise<{ base: string } | { noBase: string }> {
  try {
    const base = await findMergeBase({ ...(await hostOf(context, repo)), ref: parseRef(commit), branch });
    return base === null ? { noBase: `It has no commit in common with ${branch}.` } : { base };
  } catch (error) {
    if (!isMarteauError(error) || error.retry) throw error;
    return { noBase: `Where it left ${branch} could not be found: ${error.message}` };
  }
}

/** What a git job is to know of a repository's host. @throws MarteauError address-* */
export async function hostOf(
  { config, store, closing }: Pick<Continuous, 'config' | 'store' | 'closing'>,
  repo: string,
) {
  const address = await checkAddress(repo, config.sources);
  const token = gitAccess(await secretsOf(store, config, address.url), address)?.token;
  return { address, token, deadlineMs: DEADLINE_MS, signal: closing };
}
