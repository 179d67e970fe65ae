import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Results, readResults } from '@marteau/report/schema';
import { isMarteauError } from '@marteau/shared';

/** Where the files of a run go. */
export interface OutFolder {
  readonly path: string;
  /** Writes a file of the run, over an older one; resolves with its path. */
  write(name: string, text: string): Promise<string>;
  /** Results of the last runs beside this one, newest first; those that cannot be read are left out. */
  earlier(isWanted: (results: Results) => boolean, most: number): Promise<Results[]>;
}

const RUNS = 'marteau-runs';
/** More folders than this are not looked into. */
const MOST_LOOKED_AT = 30;

/**
 * Makes the folder before the load, so that it does not fail after it.
 * @param chosen `--out`; else a new folder in `marteau-runs` of the project, which git does not see
 */
export async function openOutFolder(
  chosen: string | null,
  { cwd, base, now }: { cwd: string; base: string; now: Date },
): Promise<OutFolder> {
  if (chosen !== null) {
    const path = resolve(cwd, chosen);
    await mkdir(path, { recursive: true });
    return folderAt(path);
  }
  const runs = join(base, RUNS);
  await mkdir(runs, { recursive: true });
  await writeFile(join(runs, '.gitignore'), '*\n');
  return folderAt(await makeNew(join(runs, stamp(now))));
}

function folderAt(path: string): OutFolder {
  return {
    path,
    async write(name, text) {
      const file = join(path, name);
      await writeFile(file, text);
      return file;
    },
    async earlier(isWanted, most) {
      const parent = dirname(path);
      if (basename(parent) !== RUNS) return [];
      const names = (await readdir(parent))
        .filter((name) => join(parent, name) !== path)
        .sort()
        .reverse();
      const found: Results[] = [];
      for (const name of names.slice(0, MOST_LOOKED_AT)) {
        if (found.length === most) break;
        const results = await readIfThere(join(parent, name, 'results.json'));
        if (results && isWanted(results)) found.push(results);
      }
      return found;
    },
  };
}

async function readIfThere(file: string): Promise<Results | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return readResults(text);
  } catch (error) {
    if (isMarteauError(error)) return null;
    throw error;
  }
}

/** Two runs may begin in one second. */
async function makeNew(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const tried = count === 1 ? path : `${path}-${count}`;
    try {
      await mkdir(tried);
      return tried;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** '2026-11-21T09-30-00', in UTC: sorts by time, and is a name on every system. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(':', '-');
}
