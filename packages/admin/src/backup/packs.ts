import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MarteauError } from '@marteau/shared';
import type { Shelf } from '@marteau/store';
import { Header, Parser, Pax } from 'tar';
import { packName } from './format.ts';
import { writeZipped, type Zipped } from './zipped.ts';

/** Of files before they are packed. */
const PACK_BYTES = 256e6;
const BLOCK = 512;

export interface PackedFile {
  /** Below the data folder, with slashes. */
  path: string;
  /** bytes */
  size: number;
  modifiedAt: Date;
  /** Exactly so many bytes. */
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Writes files into archives of some hundred megabytes, one after the other. */
export interface Packs {
  /** @returns where it is, and the SHA-256 of its bytes, hex */
  add(file: PackedFile): Promise<{ pack: string; sha256: string }>;
  /** How many bytes all archives have. */
  finish(): Promise<number>;
  /** What is not finished goes. */
  drop(): Promise<void>;
}

export function openPacks(shelf: Shelf, name: string): Packs {
  let count = 0;
  let held = 0;
  let stored = 0;
  let open: { name: string; file: Zipped } | null = null;

  const close = async (): Promise<void> => {
    if (open === null) return;
    await open.file.write(Buffer.alloc(2 * BLOCK));
    stored += await open.file.finish();
    open = null;
    held = 0;
  };

  return {
    async add({ path, size, modifiedAt, bytes }) {
      if (held > 0 && held + size > PACK_BYTES) await close();
      if (open === null) {
        const pack = packName(name, ++count);
        open = { name: pack, file: writeZipped(shelf, pack) };
      }
      const hash = createHash('sha256');
      await open.file.write(headOf(path, size, modifiedAt));
      for await (const chunk of bytes) {
        hash.update(chunk);
        await open.file.write(chunk);
      }
      await open.file.write(Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK));
      held += size;
      return { pack: open.name, sha256: hash.digest('hex') };
    },
    async finish() {
      await close();
      return stored;
    },
    drop: async () => open?.file.drop(),
  };
}

/** What stands before a file in a tar. */
function headOf(path: string, size: number, mtime: Date): Buffer {
  const header = new Header({ path, size, mtime, mode: 0o640, type: 'File' });
  const block = Buffer.alloc(BLOCK);
  return header.encode(block) ? Buffer.concat([new Pax(header).encode(), block]) : block;
}

/** A file that comes out of an archive. */
export interface UnpackedFile {
  path: string;
  size: number;
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * Hands over the files of an archive, in their order; what `handle` does not read of one is skipped.
 * @throws 'backup-damaged' for an archive that is missing or is not whole; what `handle` throws
 */
export async function readPack(
  shelf: Shelf,
  pack: string,
  handle: (file: UnpackedFile) => Promise<void>,
): Promise<void> {
  const what = `The archive ${pack} of ${shelf.name}`;
  const source = await shelf.open(pack);
  if (source === null) throw new MarteauError('backup-damaged', { what, detail: 'it is not there' });
  const handled: Promise<void>[] = [];
  let failure: { error: unknown } | null = null;
  const parser = new Parser({
    strict: true,
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    onReadEntry(entry) {
      const work = failure === null ? handle({ path: entry.path, size: entry.size, bytes: entry }) : null;
      const last = Promise.resolve(work)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .then(() => void entry.resume());
      handled.push(last);
    },
  });
  const untilFailure = new Transform({
    transform: (chunk, _encoding, done) => done(failure && new Error('given up'), chunk),
  });
  try {
    await pipeline(source, createGunzip(), untilFailure, parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    await Promise.all(handled);
    if (failure !== null) throw (failure as { error: unknown }).error;
    throw new MarteauError('backup-damaged', { what, detail: (error as Error).message }, { cause: error });
  }
  await Promise.all(handled);
  if (failure !== null) throw (failure as { error: unknown }).error;
}
