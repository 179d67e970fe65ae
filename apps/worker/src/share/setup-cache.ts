import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SetupCache } from '@marteau/run';

/** Of one entry, and of all. */
const MOST_ENTRY_BYTES = 2e9;
const MOST_BYTES = 10e9;

interface Whose {
  /** Its normalised address: nothing of one project is ever another's. */
  readonly project: string;
  /** Whether it is given secrets: `setup` may have written them down, and who gets none must not find them. */
  readonly isTrusted: boolean;
  /** Whether all that it does was decided by the project's own people: only then may later runs find what it leaves. */
  readonly mayKeep: boolean;
  /** Of all entries. */
  readonly mostBytes?: number;
}

/**
 * What `setup` of earlier runs left in HOME, a file for each state of a project's lock files. The worker alone reads
 * and writes there, unpacks nothing itself, and drops what was not used for longest.
 * @param folder absolute; where no program of a run can write
 */
export function setupCache(
  folder: string,
  { project, isTrusted, mayKeep, mostBytes = MOST_BYTES }: Whose,
): SetupCache {
  const fileOf = (key: string): string => {
    const name = createHash('sha256').update(JSON.stringify([project, isTrusted, key]));
    return join(folder, `${name.digest('hex')}.tar`);
  };
  return {
    async read(key) {
      const file = fileOf(key);
      const now = new Date();
      const isThere = await utimes(file, now, now).then(
        () => true,
        () => false,
      );
      return isThere ? createReadStream(file) : null;
    },
    ...(mayKeep && {
      async keep(key, archive, isWhole) {
        const file = fileOf(key);
        // Workers in containers share a folder and have the same pid.
        const writing = `${file}.writing-${randomUUID()}`;
        await mkdir(folder, { recursive: true });
        try {
          await pipeline(archive, atMost(MOST_ENTRY_BYTES), createWriteStream(writing));
          if (await isWhole) await rename(writing, file);
        } catch {
          // Too much of it, or no room: the next run installs anew.
        } finally {
          await rm(writing, { force: true });
        }
        await dropOldest(folder, mostBytes);
      },
      drop: (key) => rm(fileOf(key), { force: true }),
    }),
  };
}

function atMost(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      seen += chunk.length;
      if (seen > bytes) done(new Error('too much'));
      else done(null, chunk);
    },
  });
}

/** Removes what was not used for longest, until the rest has room. */
async function dropOldest(folder: string, most: number): Promise<void> {
  const names = await readdir(folder);
  const entries = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(folder, name)).catch(() => null); // another worker may have removed it
      return stats === null ? [] : [{ name, at: stats.mtimeMs, bytes: stats.size }];
    }),
  );
  let sum = 0;
  for (const { name, bytes } of entries.flat().sort((a, b) => b.at - a.at)) {
    sum += bytes;
    if (sum > most) await rm(join(folder, name), { force: true });
  }
}
