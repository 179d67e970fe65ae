import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FILLER = 'filler';

/** A file system of its own in memory, in a folder that is there already. */
export interface SmallDisk extends AsyncDisposable {
  /** Leaves so many bytes free, by a file beside everything else. */
  fill(leave?: number): Promise<void>;
  /** Takes the filler away. */
  free(): Promise<void>;
}

/** @returns why it cannot be had here: mounting needs rights, root's or CAP_SYS_ADMIN */
export async function mountSmallDisk(
  folder: string,
  megabytes: number,
): Promise<SmallDisk | { refused: string }> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=777`, 'tmpfs', folder]);
  } catch (error) {
    return { refused: `a small disk cannot be mounted here: ${(error as Error).message.trim()}` };
  }
  const filler = join(folder, FILLER);
  const free = (): Promise<void> => rm(filler, { force: true });
  return {
    async fill(leave = 0) {
      await free();
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
    },
    free,
    async [Symbol.asyncDispose]() {
      // Lazily: a program that was just killed may still stand in it.
      await run('umount', ['-l', folder]);
    },
  };
}
