import { createHash } from 'node:crypto';
import { createWriteStream, Stats } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatBytes, MarteauError } from '@marteau/shared';
import { create } from 'tar';
import { type TreeEntry, walk } from './walk.ts';

export interface TreeLimits {
  /** Bytes of all files together. */
  readonly maxBytes: number;
  /** Files, folders and links together. */
  readonly maxEntries: number;
}

export interface PackOptions extends TreeLimits {
  readonly dir: string;
  /** The file to write; what was there is replaced. */
  readonly into: string;
  readonly signal: AbortSignal;
}

export interface PackedTree {
  /** Of the archive: its address. The same files give the same one. */
  readonly sha256: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly entries: number;
  /** What was left out, each a sentence for a person. */
  readonly warnings: readonly string[];
}

/**
 * Packs a folder's tree into a gzipped tar without anything in it that differs between two checkouts of the same
 * commit: no times, owners or link counts, and of a file's mode only whether it can be executed.
 * @throws MarteauError tree-too-large, tree-too-many-files; the signal's reason when it aborts
 */
export async function packTree({ dir, into, signal, ...limits }: PackOptions): Promise<PackedTree> {
  const { entries, warnings } = await walk(dir, guard(limits, signal));
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(archiveOf(resolve(dir), await stat(dir), entries), measure, createWriteStream(into), {
      signal,
    });
  } catch (error) {
    await rm(into, { force: true });
    throw signal.aborted ? signal.reason : error;
  }
  return { sha256: hash.digest('hex'), bytes, entries: entries.length, warnings };
}

/** Counts what the walk finds, and ends it when that is too much. */
function guard({ maxBytes, maxEntries }: TreeLimits, signal: AbortSignal): (entry: TreeEntry) => void {
  let bytes = 0;
  let count = 0;
  return ({ stats }) => {
    signal.throwIfAborted();
    count += 1;
    if (stats.isFile()) bytes += stats.size;
    if (count > maxEntries) throw new MarteauError('tree-too-many-files', { limit: maxEntries });
    if (bytes > maxBytes) throw new MarteauError('tree-too-large', { limit: formatBytes(maxBytes) });
  };
}

function archiveOf(cwd: string, root: Stats, entries: readonly TreeEntry[]): NodeJS.ReadableStream {
  const statCache = new Map(entries.map(({ path, stats }) => [`${cwd}/${path}`, plain(stats)]));
  statCache.set(cwd, plain(root));
  const paths = entries.map(({ path }) => `./${path}`); // a bare @name would be read as an archive to include
  const options = {
    cwd,
    statCache,
    portable: true,
    noDirRecurse: true,
    mtime: new Date(0),
    gzip: { level: 1 },
  };
  return create({ ...options, jobs: 1 }, ['./', ...paths]) as unknown as NodeJS.ReadableStream;
}

/** A file's own facts, without those of its checkout. */
function plain(stats: Stats): Stats {
  const executable = stats.isDirectory() || (stats.mode & 0o111) !== 0;
  const mode = (stats.mode & ~0o7777) | (executable ? 0o755 : 0o644);
  return Object.assign(Object.create(Stats.prototype) as Stats, stats, { mode, nlink: 1 });
}
