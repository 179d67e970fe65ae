import type { SimpleGit } from 'simple-git';
import type { FetchJob, FetchResult } from './job.ts';
import { listFiles } from './list-files.ts';
import type { Located } from './locate.ts';
import { receive } from './receive.ts';
import { refusal } from './refusal.ts';

const SUBMODULE = '160000';
const SYMLINK = '120000';

/** Fetches the commit and writes its files, once it is known that they are few and small enough. */
export async function runFetch(git: SimpleGit, located: Located, job: FetchJob): Promise<FetchResult> {
  const found = await receive(git, located, job.repo, false);
  const files = await listFiles(git, found.commit, true);
  if (files.length > job.maxFiles) {
    throw refusal('clone-too-many-files', { repo: job.repo, limit: job.maxFiles });
  }
  if (files.reduce((sum, { size }) => sum + size, 0) > job.maxBytes) {
    throw refusal('clone-too-large', { repo: job.repo, limit: job.sizeLimit });
  }
  await git.raw(['reset', '--hard', found.commit]); // not checkout, which is silent: simple-git waits longer on silence
  const pathsOf = (wanted: string) => files.filter(({ mode }) => mode === wanted).map(({ path }) => path);
  return { ...found, submodules: pathsOf(SUBMODULE), symlinks: pathsOf(SYMLINK) };
}
