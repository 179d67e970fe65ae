import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test's own; it is gone once the test is. */
export type TempFolder = AsyncDisposable & { path: string };

/** Makes an empty folder. Its path has no symbolic links in it, so that it can be compared with what a program says. */
export async function createTempFolder(prefix = 'marteau-test-'): Promise<TempFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  return {
    path,
    // Retried, because a process that was just killed may still be writing there.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}
