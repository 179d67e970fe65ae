import { countOf, isMarteauError, MarteauError } from '@marteau/shared';
import type { Shelf } from '@marteau/store';
import type { Progress } from '../progress.ts';
import { checked } from './checked.ts';
import { backupNames, readManifest } from './manifest.ts';
import { readPack } from './packs.ts';

/**
 * Reads all that the back-ups of a place have and compares checksums. @returns how many are not whole
 * @throws 'backup-missing', 'bucket-…'
 */
export async function verifyBackups(
  shelf: Shelf,
  say: (line: string) => void,
  progress: Progress,
): Promise<number> {
  const names = await backupNames(shelf);
  if (names.length === 0) throw new MarteauError('backup-missing', { place: shelf.name });
  /** By the archive: files, their checksums, and the back-ups that have them so. */
  const packs = new Map<string, Map<string, { sha256: string; of: Set<string> }>>();
  const broken = new Map<string, string>();
  for (const name of names)
    await told(
      async () => {
        for await (const { folder, files } of readManifest(shelf, name))
          for (const file of files) {
            const inPack = packs.get(file.pack) ?? new Map();
            packs.set(file.pack, inPack);
            const path = folder === '' ? file.name : `${folder}/${file.name}`;
            const known = inPack.get(path) ?? { sha256: file.sha256, of: new Set() };
            inPack.set(path, known);
            known.of.add(name);
          }
      },
      (why) => broken.set(name, why),
    );
  let done = 0;
  for (const [pack, files] of packs) {
    const breaks = (of: Iterable<string>, why: string) => {
      for (const name of of) if (!broken.has(name)) broken.set(name, why);
    };
    await told(
      () =>
        readPack(shelf, pack, async ({ path, bytes }) => {
          const file = files.get(path);
          if (file === undefined) return;
          await told(
            async () => {
              for await (const _ of checked(bytes, file.sha256, `${path} in ${pack}`));
            },
            (why) => breaks(file.of, why),
          );
          files.delete(path);
          progress(() => `${countOf(++done, 'file')} read.`);
        }),
      (why) => breaks(new Set([...files.values()].flatMap(({ of }) => [...of])), why),
    );
    for (const [path, { of }] of files) breaks(of, `${path} is not in ${pack}.`);
  }
  for (const name of names.reverse()) say(broken.get(name) ?? `The back-up ${name} is whole.`);
  return broken.size;
}

async function told(work: () => Promise<void>, tell: (why: string) => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMarteauError(error, 'backup-damaged') && !isMarteauError(error, 'backup-newer')) throw error;
    tell(error.message);
  }
}
