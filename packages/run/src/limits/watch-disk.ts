import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { promisify } from 'node:util';
import { formatBytes, MarteauError } from '@marteau/shared';

interface DiskOptions {
  /** All that a run has on the disk. Absolute. */
  readonly folder: string;
  /** What it may weigh. */
  readonly mostBytes: number;
  /** Of this node, for the sentence. */
  readonly node: string;
  readonly everyMs?: number;
}

/** What ends a share, beside whatever else ends it. */
interface DiskWatch extends Disposable {
  /** Aborts with the parent's reason, or with a `disk-used-up`. */
  signal: AbortSignal;
}

const EVERY_MS = 2000;
/** The folder is weighed once the disk has lost this part of what it may weigh: to ask the disk costs next to nothing. */
const STEP = 1 / 16;
const WEIGH_WITHIN_MS = 60_000;
/** Left to others: bytes, and a part of the files where a disk has only so many. */
const FLOOR_BYTES = 1e9;
const FLOOR_FILES = 0.05;
const MOST_FILES = 2_000_000;
const OTHERS = 'others';

const run = promisify(execFile);

/**
 * Watches what a run takes of the disk, which no group of processes is limited in.
 * @param parent ends the watch, too
 */
export function watchDisk(options: DiskOptions, parent: AbortSignal): DiskWatch {
  const over = new AbortController();
  const stopped = new AbortController();
  const signal = AbortSignal.any([parent, over.signal]);
  const until = AbortSignal.any([signal, stopped.signal]);
  watch(options, until).then(
    (what) => {
      if (what === null) return;
      const { node } = options;
      over.abort(
        what === OTHERS
          ? new MarteauError('node-disk-full', { node })
          : new MarteauError('disk-used-up', { node, what }),
      );
    },
    () => {}, // stopped, or a disk that says nothing of itself
  );
  return { signal, [Symbol.dispose]: () => stopped.abort() };
}

/** Resolves with what was used up, in words; or with who used it up, where it was not the run. */
async function watch(
  { folder, mostBytes, everyMs = EVERY_MS }: DiskOptions,
  signal: AbortSignal,
): Promise<string | null> {
  const first = await look(folder);
  const floorBytes = Math.min(FLOOR_BYTES, first.freeBytes / 2);
  const floorFiles = Math.min(FLOOR_FILES * first.allFiles, first.freeFiles / 2);
  let mostFree = first.freeBytes;
  for await (const _ of setInterval(everyMs, undefined, { signal, ref: false })) {
    const { freeBytes, freeFiles, usedFiles } = await look(folder);
    if (freeBytes < floorBytes) {
      const isOwn = (await weigh(folder)) > (first.freeBytes - freeBytes) / 2;
      return isOwn ? `all but ${formatBytes(floorBytes)}` : OTHERS;
    }
    if (freeFiles < floorFiles) return 'all the files that it may have';
    if (usedFiles - first.usedFiles > MOST_FILES) return `more than ${MOST_FILES.toLocaleString('en')} files`;
    mostFree = Math.max(mostFree, freeBytes);
    if (mostFree - freeBytes < mostBytes * STEP) continue;
    mostFree = freeBytes;
    if ((await weigh(folder)) > mostBytes) return `more than ${formatBytes(mostBytes)}`;
  }
  return null;
}

async function look(folder: string) {
  const { bavail, bsize, files, ffree } = await statfs(folder);
  return { freeBytes: bavail * bsize, allFiles: files, freeFiles: ffree, usedFiles: files - ffree };
}

/** Bytes on the disk. What cannot be entered is left out. */
async function weigh(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-skx', folder], { timeout: WEIGH_WITHIN_MS }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  return Number.parseInt(stdout, 10) * 1024 || 0;
}
