import { constants, type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { formatBytes } from '@marteau/shared';

/** A file that cannot be taken as it is; the message is the end of a sentence: "is larger than 64 KB". */
export class ForeignFileError extends Error {}

/**
 * Reads a file that a program of strangers may have written, or put something else in the place of: a link, a pipe that
 * nobody writes to and a device without an end are refused, and no more than `most` bytes are ever held.
 * @param within a folder above it that strangers cannot replace: below it, no folder may be a link either, not even
 *   one that is put there meanwhile
 * @returns null when there is none
 * @throws ForeignFileError
 */
export async function readForeignFile(path: string, most: number, within?: string): Promise<Buffer | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') return null;
      throw new ForeignFileError(code === 'ELOOP' ? 'is a link' : `cannot be opened (${code})`);
    },
  );
  if (file === null) return null;
  try {
    if (within !== undefined && (await placeOf(file, path)) !== (await placeBelow(within, path)))
      throw new ForeignFileError('is behind a link');
    const stats = await file.stat();
    if (!stats.isFile()) throw new ForeignFileError('is not a plain file');
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

/** Where an open file really is, as Linux knows it; elsewhere where its path leads by now. */
function placeOf({ fd }: FileHandle, path: string): Promise<string> {
  return readlink(`/proc/self/fd/${fd}`).catch(() => realpath(path));
}

/** Where a file below a folder is if no folder between is a link; null for one that is elsewhere. */
async function placeBelow(folder: string, path: string): Promise<string | null> {
  const below = relative(folder, path);
  return below.startsWith('..') ? null : join(await realpath(folder), below);
}
