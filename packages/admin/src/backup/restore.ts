import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { countOf, formatBytes, MarteauError } from '@marteau/shared';
import { atomicWrite, KEPT, type Places, type Shelf } from '@marteau/store';
import type { Progress } from '../progress.ts';
import { checked } from './checked.ts';
import { type BackupAbout, backupNames, newestBackup, readAbout, readManifest } from './manifest.ts';
import { readPack } from './packs.ts';

export interface RestoreOptions {
  shelf: Shelf;
  /** The beginning of a back-up's name; the newest one where it is left out. */
  at?: string | undefined;
  places: Pick<Places, 'folders' | 'name'>;
  /** Absolute. */
  dataFolder: string;
  say: (line: string) => void;
  progress: Progress;
}

/** Says what is being restored here, so that what was killed may be begun again. */
const MARK = 'restoring';

/**
 * Puts a back-up into an empty data folder (and bucket). What was killed in the middle is begun again by the same call.
 * @throws 'backup-missing', 'backup-damaged', 'backup-newer', 'restore-not-empty', 'disk-full', 'bucket-…'
 */
export async function restore(options: RestoreOptions): Promise<BackupAbout> {
  const { shelf, dataFolder, progress } = options;
  const about = await chosen(options);
  const mark = join(dataFolder, MARK);
  const text = `${about.name} of ${shelf.name}\n`;
  await mkdir(dataFolder, { recursive: true });
  await requireEmpty(options, mark, text);
  await writeFile(mark, text);

  const wanted = new Map<string, { sha256: string; pack: string }>();
  const packs = new Set<string>();
  for await (const { folder, files } of readManifest(shelf, about.name))
    for (const { name, sha256, pack } of files) {
      wanted.set(folder === '' ? name : `${folder}/${name}`, { sha256, pack });
      packs.add(pack);
    }
  let done = 0;
  let bytes = 0;
  for (const pack of [...packs].sort()) {
    await readPack(shelf, pack, async (file) => {
      const known = wanted.get(file.path);
      if (known?.pack !== pack) return;
      const content = checked(
        file.bytes,
        known.sha256,
        `${file.path} in the archive ${pack} of ${shelf.name}`,
      );
      await write(options, file.path, content);
      wanted.delete(file.path);
      done += 1;
      bytes += file.size;
      progress(() => `${countOf(done, 'file')} of ${about.files}, ${formatBytes(bytes)}.`);
    });
  }
  const missing = wanted.keys().next();
  if (!missing.done)
    throw new MarteauError('backup-damaged', {
      what: `The back-up ${about.name} of ${shelf.name}`,
      detail: `${missing.value} is in none of its archives`,
    });
  await rm(mark);
  return about;
}

async function chosen({ shelf, at, say }: RestoreOptions): Promise<BackupAbout> {
  const missing = () => new MarteauError('backup-missing', { place: shelf.name });
  if (at === undefined) {
    const newest = await newestBackup(shelf, say);
    if (newest === null) throw missing();
    return newest;
  }
  const name = (await backupNames(shelf)).find((one) => one.startsWith(at.replaceAll(':', '-')));
  if (name === undefined) throw missing();
  return readAbout(shelf, name);
}

async function requireEmpty(
  { places, dataFolder }: RestoreOptions,
  mark: string,
  text: string,
): Promise<void> {
  if ((await readFile(mark, 'utf8').catch(() => null)) === text) return;
  const [run] = await places.folders.list();
  if (run !== undefined)
    throw new MarteauError('restore-not-empty', { place: places.name, what: `run ${run}` });
  for (const { name } of KEPT) {
    const found = await readdir(join(dataFolder, name)).catch((error: NodeJS.ErrnoException) =>
      error.code === 'ENOTDIR' ? [''] : [],
    );
    if (found.length > 0)
      throw new MarteauError('restore-not-empty', {
        place: `the folder ${dataFolder}`,
        what: join(name, found[0]!),
      });
  }
}

async function write({ places, dataFolder }: RestoreOptions, path: string, content: Readable): Promise<void> {
  const [, id, name] = /^runs\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (id !== undefined && name !== undefined) {
    await places.folders.of(id).put(name, content);
    return;
  }
  const isKept = KEPT.some((one) =>
    one.kind === 'file' ? path === one.name : path.startsWith(`${one.name}/`),
  );
  if (!isKept || !/^[\w.-]+(\/[\w-][\w.-]*)?$/.test(path))
    throw new MarteauError('bad-file-name', { name: path.slice(0, 200) });
  const target = join(dataFolder, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await atomicWrite(target, path, content, 0o600);
}
