import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, sweepLeftovers } from '@marteau/launch';

const PREFIX = 'marteau-read-';

/** What the folder of a read begins with: whose it is, so that a folder whose process was killed can be told. */
export function readFolderPrefix(): string {
  return join(tmpdir(), `${PREFIX}${process.pid}-`);
}

/**
 * Removes the folders of reads whose process is no more, with what still writes there, and returns their names. To be
 * called when a service starts, before its first read: whatever bears its own number is of a predecessor, as in a
 * container, where each is process 1.
 */
export async function sweepReads(): Promise<string[]> {
  sweepLeftovers();
  const names = await readdir(tmpdir());
  const left = names.filter(
    (name) => name.startsWith(PREFIX) && isLeft(Number.parseInt(name.slice(PREFIX.length), 10)),
  );
  for (const name of left) await rm(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
  return left;
}

function isLeft(pid: number): boolean {
  if (!(pid > 0)) return false;
  return pid === process.pid || !isAlive(pid);
}
