import { buffer } from 'node:stream/consumers';
import { countOf, formatBytes, isMarteauError, MarteauError } from '@marteau/shared';
import { isLeftover, type Places, type Shelf } from '@marteau/store';
import type { Progress } from '../progress.ts';
import { ahead } from './ahead.ts';
import { contentsOf, type SourceFile, type SourceFolder } from './contents.ts';
import {
  BACKUP_FORMAT,
  type BackupFile,
  type BackupFolder,
  type BackupHead,
  backupName,
  nameOfManifest,
  nameOfPack,
} from './format.ts';
import { type BackupAbout, newestBackup, readManifest, writeManifest } from './manifest.ts';
import { openPacks, type Packs } from './packs.ts';

export interface BackupOptions {
  places: Pick<Places, 'folders' | 'name'>;
  /** Absolute. */
  dataFolder: string;
  shelf: Shelf;
  withKeys: boolean;
  /** Marteau's. */
  version: string;
  now: () => Date;
  /** Sentences for whoever waits. */
  say: (line: string) => void;
  progress: Progress;
}

export interface BackupResult {
  about: BackupAbout;
  /** Of the back-up that it builds on; null for none. */
  former: string | null;
  /** Files that were not in it, and their bytes. */
  added: { files: number; bytes: number };
  /** Of the archives that were written, bytes. */
  stored: number;
}

/** What is larger is not read before it is its turn. */
const SMALL_BYTES = 4e6;
const AT_ONCE = 8;
/** Who still writes a back-up has begun it within this time. */
const LEFTOVER_MS = 86_400_000;

interface Pair extends SourceFolder {
  /** As the former back-up has it. */
  before: BackupFolder | null;
}

interface Compared {
  folder: string;
  run: BackupFolder['run'];
  unchanged: BackupFile[];
  changed: { file: SourceFile; size: number; bytes: Uint8Array | AsyncIterable<Uint8Array> }[];
}

/**
 * Adds a back-up to a place: archives of what no earlier one there has, then the manifest, which names every file with
 * its checksum and the archive that has it. What is interrupted has no manifest, and leaves the former ones as they are.
 * @throws 'backup-full', 'bucket-…', 'backup-newer'
 */
export async function backUp(options: BackupOptions): Promise<BackupResult> {
  const { places, shelf, withKeys, now, say, progress } = options;
  const began = now();
  const name = backupName(began);
  const former = await newestBackup(shelf, say);
  const ids = await places.folders.list();
  const packs = openPacks(shelf, name);
  const head: BackupHead = {
    format: BACKUP_FORMAT,
    at: began.toISOString(),
    marteau: options.version,
    of: places.name,
    withKeys,
  };
  const manifest = await writeManifest(shelf, name, head);
  const added = { files: 0, bytes: 0 };
  let runs = 0;
  try {
    const compared = compare(
      contentsOf({ dataFolder: options.dataFolder, folders: places.folders }, ids, withKeys),
      former === null ? null : readManifest(shelf, former.name),
    );
    for await (const folder of ahead(compared, AT_ONCE, readChanges)) {
      const files = [...folder.unchanged, ...(await pack(packs, folder))];
      added.files += folder.changed.length;
      added.bytes += folder.changed.reduce((sum, { size }) => sum + size, 0);
      if (files.length > 0)
        await manifest.add({
          folder: folder.folder,
          ...(folder.run && { run: folder.run }),
          files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
        });
      if (folder.folder.startsWith('runs/')) runs += 1;
      progress(() => `${countOf(runs, 'run')} of ${ids.length}, ${formatBytes(added.bytes)} of them new.`);
    }
    const stored = await packs.finish();
    const total = await manifest.finish();
    await sweep(shelf, began);
    return { about: { ...head, ...total, name }, former: former?.name ?? null, added, stored };
  } catch (error) {
    await packs.drop();
    await manifest.drop();
    if (isMarteauError(error, 'disk-full')) throw new MarteauError('backup-full', { place: shelf.name });
    throw error;
  }
}

/** Each folder with what the former back-up has of it: both are in the order of their folders. */
async function* compare(
  contents: AsyncIterable<SourceFolder>,
  former: AsyncGenerator<BackupFolder> | null,
): AsyncGenerator<Pair> {
  let next = await former?.next();
  for await (const { folder, files } of contents) {
    while (next && !next.done && next.value.folder < folder) next = await former!.next();
    const before = next && !next.done && next.value.folder === folder ? next.value : null;
    yield { folder, files, before };
  }
  await former?.return(undefined);
}

/** What is as it was, and what is not, read where it is small. */
async function readChanges({ folder, files, before }: Pair): Promise<Compared> {
  const known = new Map(before?.files.map((file) => [file.name, file]));
  const compared: Compared = { folder, run: before?.run, unchanged: [], changed: [] };
  for (const file of files) {
    const same = known.get(file.name);
    if (same && same.size === file.size && same.at === file.modifiedAt.getTime()) {
      compared.unchanged.push(same);
      continue;
    }
    const opened = file.size <= SMALL_BYTES ? await file.open() : { size: file.size, bytes: lazily(file) };
    if (opened === null) continue;
    const bytes =
      file.size <= SMALL_BYTES ? (await buffer(opened.bytes)).subarray(0, opened.size) : opened.bytes;
    compared.changed.push({ file, size: bytes instanceof Uint8Array ? bytes.length : opened.size, bytes });
    if (file.name === 'run.json' && bytes instanceof Uint8Array) compared.run = identityOf(bytes);
  }
  return compared;
}

/** Exactly as many bytes as were listed: a log grows meanwhile. */
async function* lazily(file: SourceFile): AsyncGenerator<Uint8Array> {
  const opened = await file.open();
  let left = file.size;
  for await (const chunk of opened?.bytes ?? []) {
    if (left === 0) break;
    yield chunk.subarray(0, left);
    left -= Math.min(left, chunk.length);
  }
  if (left > 0) throw new Error(`${file.name} became shorter while it was read; run it again.`);
}

function identityOf(bytes: Uint8Array): BackupFolder['run'] {
  try {
    const { project, submittedAt } = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof project === 'string' && typeof submittedAt === 'string'
      ? { project, submittedAt }
      : undefined;
  } catch {
    return undefined; // a damaged record is backed up as it is
  }
}

async function pack(packs: Packs, { folder, changed }: Compared): Promise<BackupFile[]> {
  const packed: BackupFile[] = [];
  for (const { file, size, bytes } of changed) {
    const path = folder === '' ? file.name : `${folder}/${file.name}`;
    const { pack: archive, sha256 } = await packs.add({
      path,
      size,
      modifiedAt: file.modifiedAt,
      bytes: bytes instanceof Uint8Array ? [bytes] : bytes,
    });
    packed.push({ name: file.name, size, at: file.modifiedAt.getTime(), sha256, pack: archive });
  }
  return packed;
}

/** Removes what back-ups left that were killed long before. */
async function sweep(shelf: Shelf, now: Date): Promise<void> {
  const files = await shelf.list();
  const whole = new Set(files.map(({ name }) => nameOfManifest(name)));
  const isOld = ({ modifiedAt }: { modifiedAt: Date }) => now.getTime() - modifiedAt.getTime() > LEFTOVER_MS;
  const left = files.filter((file) => {
    const of = nameOfPack(file.name);
    return isOld(file) && ((of !== null && !whole.has(of)) || isLeftover(file.name));
  });
  await shelf.remove(left.map(({ name }) => name));
}
