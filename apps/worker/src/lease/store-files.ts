import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MarteauError } from '@marteau/shared';
import type { Lease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from './leased-job.ts';
import { isAway, whileAway } from './while-away.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/**
 * Stores what a run came to in its folder, by name: all files or, where one cannot be stored, none, as half a report is
 * none. Where a bucket takes nothing for too long, they are kept on this machine, and the run's reason says where.
 * @throws MarteauError not-stored, disk-full, bucket-*; the signal's reason
 */
export async function storeFiles(context: Context, job: LeasedJob<Lease>, files: Files): Promise<void> {
  const { folder, signal } = job;
  try {
    for (const [name, content] of Object.entries(files)) {
      signal.throwIfAborted(); // who stood still for a while publishes nothing: another one may have
      await whileAway(context, job, () => folder.put(name, content));
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isAway(error)) throw await keptAside(context, job, files, error);
    for (const name of Object.keys(files)) await folder.remove(name).catch(() => {});
    throw error;
  }
}

async function keptAside(
  { config }: Context,
  { run, lease }: LeasedJob<Lease>,
  files: Files,
  cause: Error,
): Promise<MarteauError> {
  const folder = join(config.dataFolder, 'unstored', run.id);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const minutes = Math.ceil(config.deadlines.store / 60_000);
  return new MarteauError('not-stored', { why: cause.message, minutes, node: lease.node, folder }, { cause });
}
