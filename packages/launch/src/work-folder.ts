import { execFile } from 'node:child_process';
import { mkdtemp, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tool } from './find-program.ts';
import { isAlive } from './processes.ts';

const MOST_TRIES = 10;
const PAUSE_MS = 50;
const MOST_COMPLAINTS = 64 * 1024 * 1024;

const run = promisify(execFile);

/** A folder of one piece of work, which goes with it. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a folder below the system's temporary one: outside of the data folder and of Marteau's own, because Node looks
 * for packages and for a package.json in the folders above a script, too. Its name tells what it is for and whose it is,
 * so that it can be removed when its owner was killed.
 * @param owner a process's number, or a node's name
 */
export async function openWorkFolder(purpose: string, owner: string | number): Promise<WorkFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), `${prefixOf(purpose)}${owner}.`));
  return { path, [Symbol.asyncDispose]: () => remove(path) };
}

/** Removes those of a purpose whose owner is gone, as far as they may be removed; resolves with their names. */
export async function sweepWorkFolders(
  purpose: string,
  isGone: (owner: string) => boolean,
): Promise<string[]> {
  const prefix = prefixOf(purpose);
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => {
    const owner = name.startsWith(prefix) ? /^(.+)\.\w{6}$/.exec(name.slice(prefix.length))?.[1] : undefined;
    return owner !== undefined && isGone(owner);
  });
  const removed: string[] = [];
  for (const name of left) {
    await remove(join(tmpdir(), name)).then(
      () => removed.push(name),
      () => {}, // of another account
    );
  }
  return removed;
}

/** Whether the process that owns a folder is no more. */
export function isGoneProcess(owner: string): boolean {
  return /^\d+$/.test(owner) && !isAlive(Number(owner));
}

function prefixOf(purpose: string): string {
  return `marteau-${purpose}-`;
}

/**
 * Whatever is in it: folders deeper than a path may be long, and some that their owner cannot enter. Tried again,
 * because a program that is just being killed may still write.
 */
async function remove(path: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await run(tool('rm'), ['-rf', '--', path], { maxBuffer: MOST_COMPLAINTS });
      return;
    } catch (error) {
      if (tried === MOST_TRIES) throw error;
      await run(tool('chmod'), ['-R', 'u+rwx', '--', path]).catch(() => {}); // who is not root may need it
      await sleep(PAUSE_MS);
    }
  }
}
