import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one stage's own, which goes with it. */
interface WorkFolder extends AsyncDisposable {
  path: string;
}

/**
 * Makes a folder for one stage: outside of the data folder and of Marteau's own, because Node looks for packages and
 * for a package.json in the folders above a script, too.
 */
export async function openWorkFolder(dataFolder: string, node: string): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), `${prefixOf(dataFolder)}${node}.`));
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) };
}

/**
 * Removes what dead workers of this installation left behind on this machine.
 * @param alive names of the nodes whose folders are in use
 */
export async function sweepWorkFolders(dataFolder: string, alive: ReadonlySet<string>): Promise<string[]> {
  const prefix = prefixOf(dataFolder);
  const names = await readdir(tmpdir()).catch(() => []);
  const dead = names.filter((name) => {
    const [, node] = name.startsWith(prefix) ? (/^(.+)\.\w{6}$/.exec(name.slice(prefix.length)) ?? []) : [];
    return node !== undefined && !alive.has(node);
  });
  for (const name of dead) await removeFolder(join(tmpdir(), name));
  return dead;
}

/** Two installations on one machine may have nodes of one name. */
function prefixOf(dataFolder: string): string {
  return `marteau-work-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}-`;
}

/** Retries, because a program that is just being killed may still write. */
async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
