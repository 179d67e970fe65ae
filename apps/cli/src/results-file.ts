import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Results, readResults } from '@marteau/report/schema';
import { MarteauError } from '@marteau/shared';

/**
 * Reads a results.json, or that of a run's folder.
 * @throws MarteauError with a sentence when there is none, or it cannot be read
 */
export async function readResultsFile(folder: string, file: string): Promise<Results> {
  const given = resolve(folder, file);
  const isFolder = (await stat(given).catch(() => null))?.isDirectory() ?? false;
  const path = isFolder ? join(given, 'results.json') : given;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MarteauError('results-unreadable', { path, detail: error.code ?? error.message });
  });
  return readResults(text);
}
