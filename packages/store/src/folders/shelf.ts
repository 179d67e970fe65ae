import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { atomicWrite, TEMPORARY_PREFIX } from './atomic-write.ts';
import type { BucketAddress } from './s3/address.ts';
import { entryAt } from './safe-path.ts';

/** Files in one folder of a disk, or below one prefix of a bucket: where back-ups lie. Names have no slash. */
export interface Shelf {
  /** For people: 'the folder /backup of web-1', 's3://load-tests/backup/'. */
  readonly name: string;
  /** All or nothing: a file is there whole or not at all. @returns bytes @throws 'disk-full', 'bucket-…' */
  put(name: string, content: Readable | string): Promise<number>;
  /** Null where there is none. */
  open(name: string): Promise<Readable | null>;
  /** In the order of their names. */
  list(): Promise<{ name: string; size: number; modifiedAt: Date }[]>;
  /** Quiet for what is not there. */
  remove(names: readonly string[]): Promise<void>;
  close(): void;
}

/** @param place an absolute path, which is made with the first file, or a bucket */
export async function openShelf(place: string | BucketAddress): Promise<Shelf> {
  if (typeof place === 'string') return createDiskShelf(place);
  const { openBucket } = await import('./s3/bucket.ts');
  const bucket = openBucket(place);
  return {
    name: `s3://${place.bucket}/${place.prefix}`,
    put: (name, content) => bucket.put(name, content),
    open: async (name) => (await bucket.get(name))?.stream ?? null,
    async list() {
      const files = [];
      for await (const { key, size, modifiedAt } of bucket.list(''))
        if (!key.includes('/')) files.push({ name: key, size, modifiedAt });
      return files;
    },
    remove: (names) => bucket.remove(names),
    close: bucket.close,
  };
}

function createDiskShelf(folder: string): Shelf {
  return {
    name: `the folder ${folder} of ${hostname()}`,
    async put(name, content) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return atomicWrite(join(folder, name), name, content, 0o600);
    },
    async open(name) {
      const path = join(folder, name);
      return (await entryAt(path))?.isFile() ? createReadStream(path) : null;
    },
    async list() {
      const files = [];
      for (const name of (await namesIn(folder)).sort()) {
        const stats = await entryAt(join(folder, name));
        if (stats?.isFile()) files.push({ name, size: stats.size, modifiedAt: stats.mtime });
      }
      return files;
    },
    async remove(names) {
      for (const name of names) await rm(join(folder, name), { force: true });
    },
    close() {},
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return (await entryAt(folder)) === null ? [] : readdir(folder);
}

/** Whether a name is of a file that a killed process was writing. */
export const isLeftover = (name: string): boolean => name.startsWith(TEMPORARY_PREFIX);
