import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Places } from '@marteau/run';
import { MarteauError } from '@marteau/shared';
import { unpackTree } from '@marteau/source';
import type { Trees } from '@marteau/store';
import type { RunWork } from '../run-work.ts';

interface UnpackOptions {
  /** The share's own folder. */
  work: string;
  wdir: string;
  signal: AbortSignal;
}

/**
 * Unpacks a run's tree into a fresh folder, with a home and a place for temporary files beside it.
 * @throws MarteauError tree-*; the signal's reason when it aborts
 */
export async function unpack(
  trees: Trees,
  { tree, sha256 }: Pick<RunWork, 'tree' | 'sha256'>,
  { work, wdir, signal }: UnpackOptions,
): Promise<Places> {
  const from = await trees.get(tree);
  if (!from) throw new MarteauError('tree-damaged', { detail: 'it is not in the data folder any more' });
  const places = { base: work, tree: join(work, 'tree'), home: join(work, 'home'), temp: join(work, 'tmp') };
  await mkdir(places.home);
  await mkdir(places.temp);
  await mkdir(outOf(work));
  // A project without a package.json is not to be read by one in a folder above.
  await writeFile(join(work, 'package.json'), '{}');
  const archive = join(work, 'tree.tgz');
  await pipeline(from, createWriteStream(archive), { signal });
  await unpackTree({ archive, sha256, into: places.tree, signal, ...treeLimits });
  await rm(archive);
  return { ...places, wdir: join(places.tree, wdir) };
}

/** Where the engine hands in what it measured, in the share's own folder. */
export function outOf(work: string): string {
  return join(work, 'out');
}

/** What a project may weigh: fetched, packed and unpacked. */
export const treeLimits = { maxBytes: 512 * 1024 * 1024, maxFiles: 50_000, maxEntries: 100_000 };
