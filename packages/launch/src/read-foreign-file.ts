import { constants, type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { formatBytes } from '@marteau/shared';

/** A file that cannot be taken as it is; the message is the end of a sentence: "is larger than 64 KB". */
export class ForeignFileError extends Error {}

/**
 * Reads a file that a program of strangers may have written, or put something else in the place of: a link, also of a
 * folder on the way from `root`, a pipe that nobody writes to and a device without an end are refused, and no more than
 * `most` bytes are ever held.
 * @param root a folder above the file that no stranger can put anything in the place of; by default the one it lies in
 * @returns null when there is none
 * @throws ForeignFileError
 */
export async function readForeignFile(
  path: string,
  most: number,
  root = dirname(path),
): Promise<Buffer | null> {
  const file = await openForeignFile(path, root);
  if (file === null) return null;
  try {
    const stats = await file.stat();
    if (stats.size > most) throw new ForeignFileError(`is larger than ${formatBytes(most)}`);
    const bytes = Buffer.allocUnsafe(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

/**
 * Opens such a file, to be read piece by piece.
 * @returns null when there is none
 * @throws ForeignFileError
 */
export async function openForeignFile(path: string, root = dirname(path)): Promise<FileHandle | null> {
  const file = await openBelow(root, relative(root, path).split(sep)).catch(
    ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') return null;
      throw new ForeignFileError(code === 'ELOOP' ? 'is a link' : `cannot be opened (${code})`);
    },
  );
  if (file === null || (await file.stat()).isFile()) return file;
  await file.close();
  throw new ForeignFileError('is not a plain file');
}

/**
 * Opens folder after folder, each below the one that is open already and none of them a link, so that nothing that is
 * moved meanwhile leads elsewhere. Where there is no /proc, each is looked at before it is passed.
 */
async function openBelow(root: string, parts: readonly string[]): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
  if (parts.includes('..')) throw Object.assign(new Error('it leads out'), { code: 'ELOOP' });
  let folder = await open(root, O_RDONLY | O_DIRECTORY);
  let at = root;
  try {
    for (const part of parts.slice(0, -1)) {
      at = join(at, part);
      const next = await open(await below(folder, at, part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      await folder.close();
      folder = next;
    }
    const name = parts.at(-1) ?? '';
    return await open(await below(folder, join(at, name), name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } finally {
    await folder.close();
  }
}

async function below(folder: FileHandle, path: string, name: string): Promise<string> {
  if (process.platform === 'linux') return `/proc/self/fd/${folder.fd}/${name}`;
  if ((await lstat(path)).isSymbolicLink()) throw Object.assign(new Error('a link'), { code: 'ELOOP' });
  return path;
}
