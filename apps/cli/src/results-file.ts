import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Results, readResults } from '@marteau/report/schema';
import { MarteauError } from '@marteau/shared';

/**
 * Reads a results.json.
 * @throws MarteauError with a sentence when there is none, or it cannot be read
 */
export async function readResultsFile(folder: string, file: string): Promise<Results> {
  const path = resolve(folder, file);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MarteauError('results-unreadable', { path, detail: error.code ?? error.message });
  });
  return readResults(text);
}
