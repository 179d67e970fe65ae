import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type ResolvedFile, trafficFiles } from '@marteau/file';
import { MarteauError, nearest } from '@marteau/shared';
import type { FetchResult } from '../git/job.ts';

const MOST_LISTED = 20_000;

/**
 * Checks that what `.marteau.yml` names is in the project's folder: wdir, the script, files of data and traffic.
 * @param left what a fetch did not bring; nothing in a folder of this machine
 * @throws MarteauError wdir-missing, script-missing (with the file that was meant, perhaps), data-missing,
 * file-not-fetched
 */
export async function checkNamedFiles(
  folder: string,
  file: Pick<ResolvedFile, 'wdir' | 'script' | 'data' | 'load'>,
  left: Pick<FetchResult, 'submodules' | 'symlinks'> = { submodules: [], symlinks: [] },
): Promise<void> {
  const data = [...Object.values(file.data).map((data) => data.file), ...trafficFiles(file)];
  for (const named of [...(file.script === '' ? [] : [file.script]), ...data])
    await refuseNotFetched(folder, posix.join(file.wdir, named), left);
  const wdir = join(folder, file.wdir);
  if (!(await stat(wdir).catch(() => null))?.isDirectory())
    throw new MarteauError('wdir-missing', { wdir: file.wdir });
  if (file.script !== '' && !(await isFile(join(wdir, file.script)))) {
    const near = nearest(file.script, await scriptsUnder(wdir));
    throw new MarteauError('script-missing', { script: file.script, near: near ?? '' });
  }
  for (const named of data) {
    if (!(await isFile(join(wdir, named)))) throw new MarteauError('data-missing', { file: named });
  }
}

/** What stands there instead of a file that was not fetched explains nothing by itself. */
async function refuseNotFetched(
  folder: string,
  file: string,
  { submodules, symlinks }: Pick<FetchResult, 'submodules' | 'symlinks'>,
): Promise<void> {
  const isIn = (outer: string): boolean => file === outer || file.startsWith(`${outer}/`);
  const submodule = submodules.find(isIn);
  if (submodule !== undefined)
    throw new MarteauError('file-not-fetched', { file, why: 'submodule', where: submodule });
  const link = symlinks.find(isIn);
  if (link !== undefined)
    throw new MarteauError('file-not-fetched', { file, why: 'symbolic link', where: link });
  if (await isLfsPointer(join(folder, file)))
    throw new MarteauError('file-not-fetched', { file, why: 'Git LFS', where: file });
}

async function isLfsPointer(path: string): Promise<boolean> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  // A pointer is a few lines: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  return size > 0 && size < 1024 && (await readFile(path, 'utf8')).startsWith('version https://git-lfs.');
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** Names for suggestions, relative to the folder. */
async function scriptsUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.slice(0, MOST_LISTED).filter((name) => /\.[cm]?[jt]s$/.test(name));
}

/** Of the paths of a repository without a `.marteau.yml`, the one that is called nearly so; the nearest to the root. */
export function nearMarteauFile(paths: readonly string[]): string | null {
  const near = paths.filter((path) => /(?:^|\/)\.?marteau\.ya?ml$/i.test(path));
  return near.toSorted((a, b) => a.split('/').length - b.split('/').length || a.length - b.length)[0] ?? null;
}
