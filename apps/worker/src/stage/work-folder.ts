import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of one stage's own, which goes with it. */
export interface WorkFolder extends AsyncDisposable {
  path: string;
}

/** All work folders of one node are in one folder, so that leftovers of a dead worker are found. */
function nodeWorkFolder(dataFolder: string, node: string): string {
  return join(dataFolder, 'work', node);
}

/** @param name what it is for, 'r…-share' */
export async function openWorkFolder(dataFolder: string, node: string, name: string): Promise<WorkFolder> {
  const parent = nodeWorkFolder(dataFolder, node);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(parent, `${name}-`));
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) };
}

/**
 * Removes what dead workers left behind: everything of this node, which has just begun, and of nodes that are gone.
 * @param alive names of the nodes whose folders are in use
 */
export async function sweepWorkFolders(dataFolder: string, alive: ReadonlySet<string>): Promise<string[]> {
  const parent = join(dataFolder, 'work');
  const names = await readdir(parent).catch(() => []);
  const dead = names.filter((name) => !alive.has(name));
  for (const name of dead) await removeFolder(join(parent, name));
  return dead;
}

/** Retries, because a program that is just being killed may still write. */
async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
