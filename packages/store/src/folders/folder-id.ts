import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeTemporary } from './atomic-write.ts';
import { isMissing } from './safe-path.ts';

const FILE = 'id';

/** Tells a data folder from all others, on every machine that mounts it; null while it has no such file. */
export async function readFolderId(dataFolder: string): Promise<string | null> {
  try {
    return (await readFile(join(dataFolder, FILE), 'utf8')).trim() || null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The same, and gives it one where it has none; those that do so at the same time agree. */
export async function makeFolderId(dataFolder: string): Promise<string> {
  await mkdir(dataFolder, { recursive: true });
  const { path } = await writeTemporary(dataFolder, 'the id of the data folder', `${randomUUID()}\n`);
  try {
    await link(path, join(dataFolder, FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(path);
  }
  return (await readFolderId(dataFolder))!;
}
