import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MarteauError } from '@marteau/shared';

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of that name',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a disk that can only be read',
  ENOSPC: 'its disk is full',
  ELOOP: 'links there lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

/** Step by step: what does this in one call tries for ever where the system makes no folders, as in /proc. */
async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const isFirst = dirname(folder) === folder || (await stat(dirname(folder)).catch(() => null)) !== null;
    if (code !== 'ENOENT' || isFirst) throw error;
    await make(dirname(folder));
    await mkdir(folder);
  }
}

/** Makes the data folder where there is none. @throws MarteauError 'data-folder-unusable' where nothing can be kept in it */
export async function usableFolder(folder: string): Promise<void> {
  try {
    await make(folder);
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'EEXIST' });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new MarteauError(
      'data-folder-unusable',
      { folder, why: REASONS[code] ?? message },
      { cause: error },
    );
  }
}
