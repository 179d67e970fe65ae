import { isMarteauError } from '@marteau/shared';
import type { Shelf } from '@marteau/store';
import { checked } from '../backup/checked.ts';
import { type BackupAbout, readManifest } from '../backup/manifest.ts';
import { readPack } from '../backup/packs.ts';
import { type History, RECORD } from './history.ts';

const RUN = /^runs\/([^/]+)$/;

/** The runs of a back-up. */
export function backupHistory(shelf: Shelf, about: BackupAbout, say: (line: string) => void): History {
  /** A damaged archive keeps nothing of the others from being read. */
  const readWhatIsWhole: (...args: [pack: string, handle: Parameters<typeof readPack>[2]]) => Promise<void> =
    async (...args) => {
      try {
        await readPack(shelf, ...args);
      } catch (error) {
        if (!isMarteauError(error, 'backup-damaged')) throw error;
        say(error.message);
      }
    };
  return {
    name: `the back-up ${about.name} of ${shelf.name}`,
    async *runs() {
      for await (const { folder, run, files } of readManifest(shelf, about.name)) {
        const id = RUN.exec(folder)?.[1];
        if (id === undefined || !files.some(({ name }) => name === RECORD)) continue;
        const names = files.map(({ name }) => name);
        if (run) yield { id, identity: run, files: names };
        else
          yield { id, identity: null, wrong: `run.json of run ${id} is no record of a run.`, files: names };
      }
    },
    async read(wanted, handle) {
      const files = new Map<string, { id: string; name: string; sha256: string; pack: string }>();
      for await (const { folder, files: all } of readManifest(shelf, about.name)) {
        const id = RUN.exec(folder)?.[1] ?? '';
        for (const { name, sha256, pack } of all)
          if (wanted.get(id)?.has(name)) files.set(`${folder}/${name}`, { id, name, sha256, pack });
      }
      for (const pack of [...new Set([...files.values()].map((file) => file.pack))].sort())
        await readWhatIsWhole(pack, async ({ path, bytes }) => {
          const file = files.get(path);
          if (file?.pack !== pack) return;
          const { id, name, sha256 } = file;
          await handle({ id, name, bytes: checked(bytes, sha256, `${path} in ${pack} of ${shelf.name}`) });
        });
    },
    [Symbol.asyncDispose]: async () => shelf.close(),
  };
}
