import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { usageError } from '../errors/command-error.ts';

/**
 * The folder of a project, absolute; the path of a `.marteau.yml` means the folder that it is in.
 * @param where as typed
 * @throws CommandError when there is no such folder
 */
export async function findFolder(where: string, cwd: string): Promise<string> {
  const path = resolve(cwd, where);
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return path;
  if (found && basename(path) === '.marteau.yml') return dirname(path);
  const what = found ? 'is a file' : 'does not exist';
  throw usageError(`${path} ${what}. Give the folder that holds .marteau.yml.`);
}
