import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MarteauError } from '@marteau/shared';
import { isMissing } from '../folders/safe-path.ts';
import { usableFolder } from '../folders/usable-folder.ts';
import { processIdentity, stillRuns } from '../nodes/process-identity.ts';

/** One service (web and workers of one installation) per data folder. */
export interface DataFolderLock {
  release(): Promise<void>;
}

/** Who has the folder. */
interface Owner {
  host: string;
  /** see process-identity.ts */
  process: string;
  token: string;
}

/** Taking over takes milliseconds; who was killed in the middle of it is not waited for longer. */
const TAKE_OVER_MS = 5000;

/**
 * Locks a data folder for this process. A lock whose process is dead (a pid that was given again is not it) is taken
 * over. @throws 'data-folder-locked' while the process that holds it lives, or is another machine's
 */
export async function lockDataFolder(dataFolder: string): Promise<DataFolderLock> {
  const folder = resolve(dataFolder);
  await usableFolder(folder);
  const file = join(folder, 'service.lock');
  const mine: Owner = { host: hostname(), process: processIdentity(process.pid), token: randomUUID() };
  const draft = `${file}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    while (!(await claim(draft, file)) && !(await takeOver(draft, file, folder))) {
      // it was released in between
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readOwner(file))?.token === mine.token) await rm(file, { force: true });
    },
  };
}

/** Atomic: succeeds for one alone, and only when there is no lock. */
async function claim(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces the lock of a dead process; false when there is none to replace. @throws 'data-folder-locked' */
async function takeOver(draft: string, file: string, folder: string): Promise<boolean> {
  const refuseLiving = async (): Promise<boolean> => {
    const owner = await readOwner(file);
    // another machine's processes cannot be seen from here: its lock stands
    const elsewhere = owner && owner.host !== hostname() ? { host: owner.host, file } : null;
    if (owner && (elsewhere || stillRuns(owner.process)))
      throw new MarteauError('data-folder-locked', {
        folder,
        pid: Number.parseInt(owner.process, 10),
        elsewhere,
      });
    return owner !== null;
  };
  if (!(await refuseLiving())) return false;
  return alone(`${file}.takeover`, async () => {
    if (!(await refuseLiving())) return false; // another was quicker
    await rename(draft, file);
    return true;
  });
}

/** Only one at a time does this, on this folder. */
async function alone<T>(guard: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(guard);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const since = await stat(guard).catch(() => null);
      if (since && Date.now() - since.mtimeMs > TAKE_OVER_MS) await rmdir(guard).catch(() => {});
      else await sleep(20);
    }
  }
  try {
    return await work();
  } finally {
    await rmdir(guard).catch(() => {});
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch (error) {
    if (isMissing(error)) return null;
    if (error instanceof SyntaxError) return { host: hostname(), process: '0@damaged', token: '' };
    throw error;
  }
}
