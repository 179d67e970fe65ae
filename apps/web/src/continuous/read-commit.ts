import { type MarteauFile, parseFileOffThread, renderProblems } from '@marteau/file';
import { checkAddress, gitAccess, parseRef, readMarteauFile } from '@marteau/source';
import { secretsOf } from '../data/secrets-of.ts';
import type { Continuous } from './context.ts';

const DEADLINE_MS = 60_000;

/** A commit, and its file as far as it can be read. */
export interface ReadCommit {
  readonly commit: string;
  readonly defaultBranch: string | null;
  readonly file: MarteauFile | null;
  /** Why there is no file, in a sentence. */
  readonly why: string;
}

/** What `.marteau.yml` says at a branch, a tag or a commit. @param ref '' for the default branch @throws MarteauError address-*, clone-*, ref-* */
export async function readCommit(
  { config, store, closing }: Continuous,
  repo: string,
  ref: string,
): Promise<ReadCommit> {
  const address = await checkAddress(repo, config.sources);
  const token = gitAccess(await secretsOf(store, config, address.url), address)?.token;
  const { commit, defaultBranch, text } = await readMarteauFile({
    address,
    ref: parseRef(ref),
    token,
    deadlineMs: DEADLINE_MS,
    signal: closing,
  });
  const found = { commit, defaultBranch, file: null };
  if (text === null) return { ...found, why: `There is no .marteau.yml at ${commit.slice(0, 8)}.` };
  const { file, problems } = await parseFileOffThread(text);
  const why = file
    ? ''
    : `The file has mistakes at ${commit.slice(0, 8)}: ${renderProblems(problems.slice(0, 3))}`;
  return { ...found, file, why };
}
