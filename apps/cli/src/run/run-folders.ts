import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isGoneProcess, openWorkFolder, sweepWorkFolders } from '@marteau/launch';

const PURPOSE = 'run';

/** A folder of one run's own, which goes with it: a home, temporary files, what the engine hands in. */
export interface RunFolders extends AsyncDisposable {
  readonly path: string;
  readonly home: string;
  readonly temp: string;
  readonly out: string;
}

/** Makes one, and removes those that killed runs have left behind. */
export async function openRunFolders(): Promise<RunFolders> {
  await sweepWorkFolders(PURPOSE, isGoneProcess);
  const folder = await openWorkFolder(PURPOSE, process.pid);
  const { path } = folder;
  const folders = { path, home: join(path, 'home'), temp: join(path, 'tmp'), out: join(path, 'out') };
  await Promise.all([folders.home, folders.temp, folders.out].map((each) => mkdir(each)));
  return { ...folders, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
