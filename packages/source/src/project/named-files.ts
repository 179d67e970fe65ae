import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import { MarteauError, nearest } from '@marteau/shared';

const MOST_LISTED = 20_000;

/**
 * Checks that what `.marteau.yml` names is in the project's folder: wdir, the script, data files.
 * @throws MarteauError wdir-missing, script-missing (with the file that was meant, perhaps), data-missing
 */
export async function checkNamedFiles(
  folder: string,
  file: Pick<ResolvedFile, 'wdir' | 'script' | 'data'>,
): Promise<void> {
  const wdir = join(folder, file.wdir);
  if (!(await stat(wdir).catch(() => null))?.isDirectory())
    throw new MarteauError('wdir-missing', { wdir: file.wdir });
  if (!(await isFile(join(wdir, file.script)))) {
    const near = nearest(file.script, await scriptsUnder(wdir));
    throw new MarteauError('script-missing', { script: file.script, near: near ?? '' });
  }
  for (const { file: data } of Object.values(file.data)) {
    if (!(await isFile(join(wdir, data)))) throw new MarteauError('data-missing', { file: data });
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** Names for suggestions, relative to the folder. */
async function scriptsUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.slice(0, MOST_LISTED).filter((name) => /\.[cm]?[jt]s$/.test(name));
}
