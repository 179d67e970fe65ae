import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { isMarteauError, MarteauError } from '@marteau/shared';
import type { Shelf } from '@marteau/store';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';
import {
  BACKUP_FORMAT,
  BackupEnd,
  BackupFolder,
  BackupHead,
  manifestName,
  nameOfManifest,
} from './format.ts';
import { writeZipped } from './zipped.ts';

/** What a back-up tells of itself. */
export interface BackupAbout extends BackupHead, Omit<BackupEnd, 'end' | 'sha256'> {
  /** How its files are called. */
  name: string;
}

/** Writes a manifest line by line; it appears with its last one. */
export interface ManifestWriter {
  add(folder: BackupFolder): Promise<void>;
  finish(): Promise<Omit<BackupEnd, 'end' | 'sha256'>>;
  drop(): Promise<void>;
}

export async function writeManifest(shelf: Shelf, name: string, head: BackupHead): Promise<ManifestWriter> {
  const file = writeZipped(shelf, manifestName(name));
  const hash = createHash('sha256');
  const total = { folders: 0, files: 0, bytes: 0 };
  const write = async (line: object): Promise<void> => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    hash.update(bytes);
    await file.write(bytes);
  };
  await write(head);
  return {
    async add(folder) {
      await write(folder);
      total.folders += 1;
      total.files += folder.files.length;
      total.bytes += folder.files.reduce((sum, { size }) => sum + size, 0);
    },
    async finish() {
      const end: BackupEnd = { end: true, ...total, sha256: hash.copy().digest('hex') };
      await write(end);
      await file.finish();
      return total;
    },
    drop: () => file.drop(),
  };
}

/** The folders of a back-up, in the order of their names. @throws 'backup-damaged', 'backup-newer', at its end at the latest */
export async function* readManifest(
  shelf: Shelf,
  name: string,
  told: (about: BackupAbout) => void = () => {},
): AsyncGenerator<BackupFolder> {
  const what = `The back-up ${name} of ${shelf.name}`;
  const damaged = (detail: string) => new MarteauError('backup-damaged', { what, detail });
  const source = await shelf.open(manifestName(name));
  if (source === null) throw damaged('it is not there');
  const gunzip = createGunzip();
  let broken: Error | null = null;
  const fail = (error: Error) => {
    broken ??= error;
    gunzip.destroy();
  };
  source.on('error', fail);
  gunzip.on('error', fail);
  source.pipe(gunzip);
  const hash = createHash('sha256');
  let head: BackupHead | null = null;
  let folders = 0;
  try {
    for await (const line of createInterface({ input: gunzip, crlfDelay: Number.POSITIVE_INFINITY })) {
      const entry = parsed(line);
      if (head === null) {
        const { format } = (entry ?? {}) as { format?: unknown };
        if (typeof format === 'string' && /^marteau\.backup\//.test(format) && format !== BACKUP_FORMAT)
          throw new MarteauError('backup-newer', { what, format });
        head = fitting(BackupHead, entry, () => damaged('its first line does not say what it is'));
      } else if ((entry as { end?: unknown } | null)?.end === true) {
        const end = fitting(BackupEnd, entry, () => damaged('its last line does not fit its schema'));
        if (end.folders !== folders || end.sha256 !== hash.digest('hex'))
          throw damaged('its checksum does not fit its lines');
        const { end: _, sha256: __, ...total } = end;
        told({ ...head, ...total, name });
        return;
      } else {
        folders += 1;
        yield fitting(BackupFolder, entry, () => damaged(`line ${folders + 1} does not fit its schema`));
      }
      hash.update(`${line}\n`);
    }
  } catch (error) {
    if (isMarteauError(error)) throw error;
    throw damaged((broken ?? (error as Error)).message);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  throw damaged(broken === null ? 'its end is missing' : (broken as Error).message);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function fitting<S extends TSchema>(schema: S, value: unknown, wrong: () => Error): Static<S> {
  if (Value.Check(schema, value)) return value as Static<S>;
  throw wrong();
}

/** Reads a whole manifest. @throws as readManifest */
export async function readAbout(shelf: Shelf, name: string): Promise<BackupAbout> {
  let about: BackupAbout | null = null;
  for await (const _ of readManifest(shelf, name, (told) => (about = told)));
  return about!;
}

/** The names of all back-ups of a place, whole or not, the newest first. */
export async function backupNames(shelf: Shelf): Promise<string[]> {
  return (await shelf.list()).flatMap(({ name }) => nameOfManifest(name) ?? []).reverse();
}

/**
 * The newest that is whole, or null where there is none. @param told why newer ones are not, each a sentence
 * @throws 'backup-newer'
 */
export async function newestBackup(shelf: Shelf, told: (why: string) => void): Promise<BackupAbout | null> {
  for (const name of await backupNames(shelf)) {
    try {
      return await readAbout(shelf, name);
    } catch (error) {
      if (!isMarteauError(error, 'backup-damaged')) throw error;
      told(error.message);
    }
  }
  return null;
}
