import { type RunFolder, WORK_FOLDER } from '@marteau/store';

const PARTS = `${WORK_FOLDER}/console-`;
const order = ['prepare', 'preflight', 'share', 'finalize'];

/** Keeps the console of one job. @param job 'prepare-1', 'share-1-0' */
export async function keepPart(folder: RunFolder, job: string, text: string): Promise<void> {
  if (text !== '') await folder.put(`${PARTS}${job}.log`, text);
}

/** Puts all parts together as console.log: prepare, the shares, finalize. */
export async function writeConsoleFile(folder: RunFolder): Promise<void> {
  let parts = await partsOf(folder);
  while (parts.length > 0) {
    const texts = await Promise.all(parts.map((name) => folder.text(name)));
    await folder.put('console.log', texts.join(''));
    // Two shares of a cancelled run may do this at once: who is last sees all parts.
    const now = await partsOf(folder);
    if (now.length === parts.length) return;
    parts = now;
  }
}

async function partsOf(folder: RunFolder): Promise<string[]> {
  const names = (await folder.list()).map(({ name }) => name).filter((name) => name.startsWith(PARTS));
  const rank = (name: string): number => order.findIndex((job) => name.startsWith(`${PARTS}${job}`));
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }));
}
