import { constants, open } from 'node:fs/promises';
import { formatBytes } from '@marteau/shared';

/** A file that cannot be taken as it is; the message is the end of a sentence: "is larger than 64 KB". */
export class ForeignFileError extends Error {}

/**
 * Reads a file that a program of strangers may have written, or put something else in the place of: a link, a pipe that
 * nobody writes to and a device without an end are refused, and no more than `most` bytes are ever held.
 * @returns null when there is none
 * @throws ForeignFileError
 */
export async function readForeignFile(path: string, most: number): Promise<Buffer | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') return null;
      throw new ForeignFileError(code === 'ELOOP' ? 'is a link' : `cannot be opened (${code})`);
    },
  );
  if (file === null) return null;
  try {
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
