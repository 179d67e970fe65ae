import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@marteau/launch';

/** A folder of one run's own, which goes with it: a home, temporary files, what the engine hands in. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
  readonly home: string;
  readonly temp: string;
  readonly out: string;
}

const PREFIX = 'marteau-run-';

/** Makes one, and removes those that killed runs have left behind. */
export async function openWorkFolder(): Promise<WorkFolder> {
  await sweep();
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const folder = { path, home: join(path, 'home'), temp: join(path, 'tmp'), out: join(path, 'out') };
  await Promise.all([folder.home, folder.temp, folder.out].map((each) => mkdir(each)));
  return { ...folder, [Symbol.asyncDispose]: () => remove(path) };
}

async function sweep(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const dead = names.filter((name) => {
    const pid = name.startsWith(PREFIX) ? /^(\d+)-/.exec(name.slice(PREFIX.length))?.[1] : undefined;
    return pid !== undefined && !isAlive(Number(pid));
  });
  await Promise.all(dead.map((name) => remove(join(tmpdir(), name)).catch(() => {})));
}

/** Retries, because a program that is just being killed may still write. */
async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
