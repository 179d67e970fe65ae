import { createHash } from 'node:crypto';
import { sweepWorkFolders } from '@marteau/launch';

/** What the folders of an installation's jobs are named for: two on one machine may have nodes of one name. */
export function purposeOf(dataFolder: string): string {
  return `work-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`;
}

/** Removes what dead workers of this installation left behind on this machine; resolves with the folders' names. */
type Sweep = (alive: ReadonlySet<string>) => Promise<string[]>;

/**
 * A sweep to be made again and again, with the names of the nodes that live. The first one takes what is of this
 * node's own name, which only a dead process can have left. Of another's name goes what two sweeps in a row found
 * without its node: an emptied Redis knows nobody, until all have registered again.
 */
export function workFolderSweep(dataFolder: string, ownNode: string): Sweep {
  let suspects: ReadonlySet<string> | undefined;
  return async (alive) => {
    const missing = new Set<string>();
    const removed = await sweepWorkFolders(purposeOf(dataFolder), (node) => {
      if (node === ownNode) return suspects === undefined;
      if (!alive.has(node)) missing.add(node);
      return !alive.has(node) && suspects?.has(node) === true;
    });
    suspects = missing;
    return removed;
  };
}
