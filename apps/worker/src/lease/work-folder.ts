import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one job's own, which goes with it. */
interface WorkFolder extends AsyncDisposable {
  path: string;
}

/**
 * Makes a folder for one job: outside of the data folder and of Marteau's own, because Node looks for packages and
 * for a package.json in the folders above a script, too.
 */
export async function openWorkFolder(dataFolder: string, node: string): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), `${prefixOf(dataFolder)}${node}.`));
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) };
}

/** Removes what dead workers of this installation left behind on this machine; resolves with the folders' names. */
type Sweep = (alive: ReadonlySet<string>) => Promise<string[]>;

/**
 * A sweep to be made again and again, with the names of the nodes that live. The first one takes what is of this
 * node's own name, which only a dead process can have left. Of another's name goes what two sweeps in a row found
 * without its node: an emptied Redis knows nobody, until all have registered again.
 */
export function workFolderSweep(dataFolder: string, ownNode: string): Sweep {
  const prefix = prefixOf(dataFolder);
  let suspects: ReadonlySet<string> | undefined;
  const nodeOf = (name: string): string | undefined =>
    name.startsWith(prefix) ? /^(.+)\.\w{6}$/.exec(name.slice(prefix.length))?.[1] : undefined;

  return async (alive) => {
    const names = await readdir(tmpdir()).catch(() => []);
    const abandoned = names.filter((name) => {
      const node = nodeOf(name);
      if (node === ownNode) return !suspects;
      return node !== undefined && !alive.has(node);
    });
    const dead = abandoned.filter((name) => nodeOf(name) === ownNode || suspects?.has(name));
    suspects = new Set(abandoned);
    for (const name of dead) await removeFolder(join(tmpdir(), name));
    return dead;
  };
}

/** Two installations on one machine may have nodes of one name. */
function prefixOf(dataFolder: string): string {
  return `marteau-work-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}-`;
}

/** Retries, because a program that is just being killed may still write. */
async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
