import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_ID_PATTERN } from '@marteau/shared';
import { atomicWrite, TEMPORARY_PREFIX } from './atomic-write.ts';
import { checkRunId, type FileInfo, type Folders, nameParts, type RunFolder } from './folders.ts';
import { entryAt, isMissing, safePath, safePathMade } from './safe-path.ts';

/** The folders of all runs on a disk: `root/RUN/…`. */
export function createDiskFolders(root: string): Folders {
  const of = (runId: string): RunFolder => createDiskFolder(join(root, checkRunId(runId)));
  const list: Folders['list'] = async () =>
    (await entries(root))
      .filter((entry) => entry.isDirectory() && RUN_ID_PATTERN.test(entry.name))
      .map((entry) => entry.name);
  return {
    of,
    list,
    async sizes() {
      const sizes = new Map<string, number>();
      for (const name of await list()) {
        const files = await listFiles(join(root, name), '');
        sizes.set(
          name,
          files.reduce((sum, file) => sum + file.size, 0),
        );
      }
      return sizes;
    },
    async remove(runId) {
      // retried: somebody may be completing it at this moment, and will notice that it is gone
      await rm(join(root, checkRunId(runId)), {
        recursive: true,
        force: true,
        maxRetries: 10,
        retryDelay: 20,
      });
    },
  };
}

function createDiskFolder(folder: string): RunFolder {
  const put: RunFolder['put'] = async (name, data) => {
    const path = await safePathMade(folder, nameParts(name));
    const size = await atomicWrite(path, name, data);
    return { name, size, modifiedAt: new Date() };
  };

  const openFile: RunFolder['open'] = async (name, range) => {
    const parts = nameParts(name);
    const path = (await isFolder(folder)) && (await safePath(folder, parts));
    const file = path && (await openReal(path));
    if (!file) return null;
    const stats = await file.stat();
    if (!stats.isFile()) {
      await file.close();
      return null;
    }
    const stream = file.createReadStream({
      start: range?.start,
      end: range?.end ?? Number.POSITIVE_INFINITY,
    });
    return { name, size: stats.size, modifiedAt: stats.mtime, stream };
  };

  return {
    put,
    open: openFile,
    async text(name) {
      const file = await openFile(name);
      if (!file) return null;
      return Buffer.concat(await file.stream.toArray()).toString('utf8');
    },
    async list() {
      return (await isFolder(folder)) ? listFiles(folder, '') : [];
    },
    async remove(name) {
      const path = await safePath(folder, nameParts(name));
      if (path) await rm(path, { force: true, recursive: true });
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return (await entryAt(path))?.isDirectory() ?? false;
}

/** Opens a file for reading, unless its last part is a symbolic link; null when there is nothing to open. */
async function openReal(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (isMissing(error) || code === 'ELOOP' || code === 'EMLINK' || code === 'EISDIR') return null;
    throw error;
  }
}

async function listFiles(folder: string, prefix: string): Promise<FileInfo[]> {
  const files: FileInfo[] = [];
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await listFiles(path, `${prefix}${entry.name}/`)));
    else if (entry.isFile() && !entry.name.startsWith(TEMPORARY_PREFIX)) {
      const stats = await entryAt(path);
      if (stats) files.push({ name: prefix + entry.name, size: stats.size, modifiedAt: stats.mtime });
    }
  }
  return files;
}

async function entries(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
