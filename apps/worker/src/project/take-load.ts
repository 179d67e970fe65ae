import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { type ResolvedFile, trafficFiles } from '@marteau/file';
import type { RunConsole } from '@marteau/run';
import { isMarteauError, type Run } from '@marteau/shared';
import { checkPackages, type FetchedSource } from '@marteau/source';
import { FILE, readProject } from './read-project.ts';
import type { Named } from './told-of.ts';

/**
 * Gives a project the load of another commit: its file, and the script, data and recordings that this names. What the
 * app is, and what stands around it, stays the project's own, but for strangers'. Modules that a script imports are
 * not looked at. The console says what differed.
 * @throws MarteauError as readProject, of the other commit
 */
export async function takeLoad(
  source: FetchedSource,
  from: FetchedSource,
  run: Run,
  { console, named }: { console: Pick<RunConsole, 'say'>; named?: (named: Named) => void },
): Promise<{ file: ResolvedFile; text: string }> {
  const theirs = await readProject(from, run, console, named);
  const own = run.cause?.pull?.fork ? null : await readOwn(source, run);
  const names = [FILE, ...namedBy(theirs.file)];
  const differing: string[] = [];
  for (const name of names) if (await replace(name, from.dir, source.dir)) differing.push(name);
  await checkPackages(source.dir, theirs.file.wdir);
  if (differing.length > 0)
    console.say(`The load is that of ${from.commit.slice(0, 8)}: ${differing.join(', ')} differ here.`);
  if (own === null) return theirs;
  const { app, before, after } = own;
  return { ...theirs, file: { ...theirs.file, app, before, after } };
}

/** Null where it cannot be read: then the other one's holds. */
async function readOwn(source: FetchedSource, run: Run): Promise<ResolvedFile | null> {
  try {
    return (await readProject(source, run, { say: () => {} })).file;
  } catch (error) {
    if (isMarteauError(error)) return null;
    throw error;
  }
}

/** Relative to the project's folder. */
function namedBy(file: ResolvedFile): string[] {
  const { wdir, script, data, recordings } = file;
  const read = Object.values(recordings).filter(({ mode }) => mode !== 'record' && mode !== 'off');
  const names = [
    ...(script === '' ? [] : [script]),
    ...[...Object.values(data), ...read].map(({ file }) => file),
    ...trafficFiles(file),
  ];
  return [...new Set(names.map((name) => posix.join(wdir, name)))];
}

/** @returns whether the two differed */
async function replace(name: string, from: string, to: string): Promise<boolean> {
  const [wanted, there] = await Promise.all([from, to].map((folder) => bytesOf(join(folder, name))));
  if (!wanted || (there && wanted.equals(there))) return false;
  const parts = name.split('/');
  for (let n = 1; n < parts.length; n++) {
    const above = join(to, ...parts.slice(0, n));
    if ((await stat(above).catch(() => null))?.isFile()) await rm(above);
  }
  await rm(join(to, name), { recursive: true, force: true });
  await mkdir(dirname(join(to, name)), { recursive: true });
  await copyFile(join(from, name), join(to, name));
  return true;
}

async function bytesOf(path: string): Promise<Buffer | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? readFile(path) : null;
}
