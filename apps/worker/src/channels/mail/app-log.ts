import { text } from 'node:stream/consumers';
import type { RunFolder } from '@marteau/store';

const READ = 64 * 1024;
const LINES = 10;

/** The last lines that the app printed, from the run's console; none where there was no app. */
export async function appLogOf(folder: RunFolder): Promise<string[]> {
  const size = (await folder.list()).find(({ name }) => name === 'console.log')?.size ?? 0;
  if (size === 0) return [];
  const end = await folder.open('console.log', { start: Math.max(0, size - READ) });
  if (!end) return [];
  const lines = (await text(end.stream)).split('\n');
  return lines.flatMap((line) => /^[\d:.]+ app +\| (.*)$/.exec(line)?.[1] ?? []).slice(-LINES);
}
