import { type Run, readRunRecord } from '@marteau/shared';
import type { RunFolder } from '../folders/folders.ts';

const FILE = 'run.json';

/** The record in a run's folder, by which an emptied Redis is filled again. */
export async function writeRunJson(folder: RunFolder, run: Run): Promise<void> {
  await folder.put(FILE, `${JSON.stringify(run, null, 2)}\n`);
}

/** Null when there is none, or none that can be read as a run. @throws 'newer-data' */
export async function readRunJson(folder: RunFolder): Promise<Run | null> {
  const text = await folder.text(FILE);
  return text === null ? null : readRunRecord(text);
}
