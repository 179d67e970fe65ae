import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Folders, KEPT, WORK_FOLDER } from '@marteau/store';
import { ahead } from './ahead.ts';

export interface SourceFile {
  name: string;
  /** bytes, when it was listed */
  size: number;
  modifiedAt: Date;
  /** Null where it is gone meanwhile. */
  open(): Promise<{ size: number; bytes: AsyncIterable<Uint8Array> } | null>;
}

export interface SourceFolder {
  /** 'runs/ID', 'projects', '' for the files beside these */
  folder: string;
  files: SourceFile[];
}

const RECORD = 'run.json';
/** What tells of a run that is on its way: restored, it is listed as lost, and can be run again. */
const TRACE = `${WORK_FOLDER}/run.json`;
const AT_ONCE = 16;

/**
 * What of a Marteau goes into a back-up, in the order of the folders' names. Of a run that has not ended it is only
 * what tells that there was one: its folder is not complete.
 */
export async function* contentsOf(
  { dataFolder, folders }: { dataFolder: string; folders: Folders },
  ids: readonly string[],
  withKeys: boolean,
): AsyncGenerator<SourceFolder> {
  const kept = KEPT.filter(({ isSecret }) => withKeys || !isSecret);
  const names = kept.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  yield { folder: '', files: await diskFiles(dataFolder, names) };
  const records = kept.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
  const recordsOf = async (folder: string): Promise<SourceFolder> => {
    const path = join(dataFolder, folder);
    return { folder, files: await diskFiles(path, await readdir(path).catch(() => [])) };
  };
  for (const folder of records.filter((name) => name < 'runs')) yield recordsOf(folder);
  yield* ahead([...ids].sort(), AT_ONCE, (id) => runOf(folders, id));
  for (const folder of records.filter((name) => name > 'runs')) yield recordsOf(folder);
}

async function runOf(folders: Folders, id: string): Promise<SourceFolder> {
  const folder = folders.of(id);
  const found = await folder.list();
  const hasEnded = found.some(({ name }) => name === RECORD);
  const files = found.filter(({ name }) => (hasEnded ? !name.startsWith(`${WORK_FOLDER}/`) : name === TRACE));
  return {
    folder: `runs/${id}`,
    files: files.map((file) => ({
      ...file,
      async open() {
        const opened = await folder.open(file.name);
        return opened && { size: opened.size, bytes: opened.stream };
      },
    })),
  };
}

/** Those of these that are files, in the order of their names. Records are replaced whole, logs grow. */
async function diskFiles(folder: string, names: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const name of [...names].sort()) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null);
    if (!stats?.isFile() || name.startsWith('.')) continue;
    files.push({
      name,
      size: stats.size,
      modifiedAt: stats.mtime,
      open: async () => {
        const now = await stat(path).catch(() => null);
        return now && { size: now.size, bytes: createReadStream(path, { end: Math.max(0, now.size - 1) }) };
      },
    });
  }
  return files;
}
