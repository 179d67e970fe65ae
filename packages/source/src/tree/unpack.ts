import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isMarteauError, MarteauError } from '@marteau/shared';
import { Parser, Unpack } from 'tar';
import { checkEntries } from './check-entries.ts';
import type { TreeLimits } from './pack.ts';

const TAR = { strict: true, gzip: false } as const;

export interface UnpackOptions extends TreeLimits {
  /** The archive's file. */
  readonly archive: string;
  /** The archive's address. */
  readonly sha256: string;
  /** The folder: made by this, or empty. */
  readonly into: string;
  readonly signal: AbortSignal;
}

/**
 * Unpacks what `packTree` packed. Before anything is written the archive has to be the one that its address says and
 * every entry in it harmless. When it fails, nothing of it is left.
 * @throws MarteauError tree-damaged, tree-refused, tree-too-large, tree-too-many-files; the signal's reason when it
 *   aborts
 */
export async function unpackTree(options: UnpackOptions): Promise<void> {
  const { archive, sha256, into, signal } = options;
  try {
    await verify(archive, sha256, signal);
    await check(archive, options, signal);
  } catch (error) {
    throw asTreeError(error, signal);
  }
  await mkdir(into, { recursive: true });
  if ((await readdir(into)).length > 0) throw new Error(`${into} is not empty`);
  try {
    await write(archive, into, signal);
  } catch (error) {
    await rm(into, { recursive: true, force: true, maxRetries: 5 });
    throw asTreeError(error, signal);
  }
}

async function verify(archive: string, sha256: string, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(archive), hash, { signal });
  if (hash.digest('hex') === sha256) return;
  throw new MarteauError('tree-damaged', { detail: 'it is not what its address says' });
}

async function check(archive: string, limits: TreeLimits, signal: AbortSignal): Promise<void> {
  const checkEntry = checkEntries(limits);
  const parser = new Parser({
    ...TAR,
    onReadEntry(entry) {
      const error = checkEntry(entry);
      if (error) parser.abort(error);
      else entry.resume();
    },
  });
  let ended = false;
  parser.on('eof', () => {
    ended = true;
  });
  const nothingAfterTheEnd = new Transform({
    // tar's parser keeps whatever comes after the end, copying all of it again and again
    transform: (chunk, _encoding, done) =>
      ended ? done(new Error('it goes on after its end')) : done(null, chunk),
  });
  await pipeline(createReadStream(archive), createGunzip(), nothingAfterTheEnd, writable(parser), { signal });
}

async function write(archive: string, cwd: string, signal: AbortSignal): Promise<void> {
  const unpack = new Unpack({ ...TAR, cwd, preserveOwner: false, noMtime: true });
  await pipeline(createReadStream(archive), createGunzip(), writable(unpack), { signal });
}

/** tar's streams are Minipass ones: `pipeline` can drive them, but their types do not say so. */
function writable(stream: Parser): NodeJS.WritableStream {
  return stream as unknown as NodeJS.WritableStream;
}

function asTreeError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (isMarteauError(error) || isFromSystem(error)) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new MarteauError('tree-damaged', { detail }, { cause: error });
}

/** A full disk or a missing file is nothing that the archive is to blame for. */
function isFromSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
