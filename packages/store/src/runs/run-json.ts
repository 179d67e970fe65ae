import { isMarteauError, MarteauError, type Run, readRunRecord } from '@marteau/shared';
import type { Folders, RunFolder } from '../folders/folders.ts';

const FILE = 'run.json';

/** The record in a run's folder, by which an emptied Redis is filled again. */
export async function writeRunJson(folder: RunFolder, run: Run): Promise<void> {
  await folder.put(FILE, `${JSON.stringify(run, null, 2)}\n`);
}

/** Null when there is none. @throws 'newer-data', 'record-damaged', 'record-unreadable' */
export async function readRunJson(folders: Folders, id: string): Promise<Run | null> {
  const text = await textOf(folders.of(id), id);
  return text === null ? null : readRunRecord(text, id);
}

async function textOf(folder: RunFolder, id: string): Promise<string | null> {
  try {
    return await folder.text(FILE);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!OF_ONE_FILE.includes(code ?? '')) throw error;
    throw new MarteauError('record-unreadable', { what: `run.json of run ${id}`, detail: message });
  }
}

/** What is wrong with a file, and not with all of them. */
const OF_ONE_FILE = ['EACCES', 'EPERM', 'EIO', 'EISDIR', 'ELOOP'];

/** Of a record, and no reason to show no other. */
export function isOfOneRecord(error: unknown): error is MarteauError {
  return UNREADABLE.some((code) => isMarteauError(error, code));
}

const UNREADABLE = ['newer-data', 'record-damaged', 'record-unreadable', 'bad-file-name'] as const;
