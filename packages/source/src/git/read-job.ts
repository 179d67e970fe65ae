import type { SimpleGit } from 'simple-git';
import type { ReadJob, ReadResult } from './job.ts';
import { findPath, listFiles } from './list-files.ts';
import type { Located } from './receive.ts';
import { receive } from './receive.ts';
import { refusal } from './refusal.ts';
import { suggestionsOf } from './suggestions.ts';

const SYMLINK = '120000';
const FOLDER = '040000';
const MOST_PATHS = 20_000;
const MOST_MANIFEST_BYTES = 256 * 1024;

/** Reads one file, and package.json beside it, without the contents of the others where the host can leave them out. */
export async function runRead(
  git: SimpleGit,
  located: Located,
  job: ReadJob,
): Promise<Omit<ReadResult, 'byToken'>> {
  const found = await receive(git, located, job.repo, true);
  const files = await listFiles(git, found.commit, false);
  const paths = files.length > MOST_PATHS ? null : files.map(({ path }) => path);
  const text = await readText(git, found.commit, job);
  const own = { path: 'package.json', maxFileBytes: MOST_MANIFEST_BYTES };
  const isThere = text !== null && files.some(({ path }) => path === own.path);
  const manifest = isThere ? await readText(git, found.commit, own).catch(() => null) : null;
  return { ...found, paths, text, manifest, ...(await suggestionsOf(git, files, text)) };
}

async function readText(
  git: SimpleGit,
  commit: string,
  job: Pick<ReadJob, 'path' | 'maxFileBytes'>,
): Promise<string | null> {
  const file = await findPath(git, commit, job.path);
  if (!file) return null;
  if (file.mode === SYMLINK) throw refusal('marteau-file-symlink', {});
  if (file.mode === FOLDER) throw refusal('marteau-file-folder', {});
  if (!file.mode.startsWith('100')) return null; // a submodule of that name
  const size = Number(await git.raw(['cat-file', '-s', file.sha])); // brings the contents, too
  if (size > job.maxFileBytes) {
    throw refusal('marteau-file-too-large', { limit: `${job.maxFileBytes / 1024} KB` });
  }
  const content = (await git.binaryCatFile(['blob', file.sha])) as Buffer;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw refusal('marteau-file-not-text', {});
  }
}
