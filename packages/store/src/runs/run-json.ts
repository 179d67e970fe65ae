import { type Run, readRunRecord } from '@marteau/shared';
import type { Folders, RunFolder } from '../folders/folders.ts';

const FILE = 'run.json';

/** The record in a run's folder, by which an emptied Redis is filled again. */
export async function writeRunJson(folder: RunFolder, run: Run): Promise<void> {
  await folder.put(FILE, `${JSON.stringify(run, null, 2)}\n`);
}

/** Null when there is none. @throws 'newer-data', 'record-damaged' */
export async function readRunJson(folders: Folders, id: string): Promise<Run | null> {
  const text = await folders.of(id).text(FILE);
  return text === null ? null : readRunRecord(text, id);
}
