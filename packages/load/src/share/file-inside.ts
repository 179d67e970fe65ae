import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * A file of the project, by its path relative to `wdir`, symbolic links followed.
 * @param root the repository's folder, without symbolic links
 */
export async function fileInside(
  root: string,
  wdir: string,
  path: string,
): Promise<'missing' | 'outside' | { readonly file: string }> {
  const file = await realpath(join(root, wdir, path)).catch(() => null);
  if (!file || !(await stat(file)).isFile()) return 'missing';
  return file.startsWith(root + sep) ? { file } : 'outside';
}
