import { createHash, randomUUID } from 'node:crypto';
import { checked, checkTree, type Trees } from '../trees.ts';
import type { Bucket } from './bucket.ts';

const ROOT = 'trees/';
/** An object as old as this is made as new when it is read, so that what is in use stays. */
const TOUCH_MS = 3_600_000;

/**
 * Archives in a bucket: `trees/sha256-…`, whose time of change is about the time of their last use. One that is on
 * its way has a name of its own until its address is known; what a crash leaves of it expires like a tree.
 */
export function createS3Trees(
  bucket: Bucket,
  { now = Date.now, touchMs = TOUCH_MS }: { now?: () => number; touchMs?: number } = {},
): Trees {
  const keyOf = (tree: string): string => ROOT + checkTree(tree);

  return {
    async put(archive) {
      const hash = createHash('sha256');
      const incoming = `${ROOT}incoming-${randomUUID()}`;
      const size = await bucket.put(incoming, archive, (chunk) => hash.update(chunk));
      const tree = `sha256-${hash.digest('hex')}`;
      try {
        await bucket.copy(incoming, keyOf(tree));
      } finally {
        await bucket.remove([incoming]);
      }
      return { tree, size };
    },
    async get(tree) {
      const key = keyOf(tree);
      const found = await bucket.get(key);
      if (!found) return null;
      if (now() - found.modifiedAt.getTime() >= touchMs) await bucket.copy(key, key);
      return checked(found.stream, tree);
    },
    has: async (tree) => (await bucket.head(keyOf(tree))) !== null,
    async expire({ maxAgeMs, maxBytes }) {
      const trees = [];
      for await (const object of bucket.list(ROOT)) trees.push(object);
      trees.sort((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime());
      let total = trees.reduce((sum, tree) => sum + tree.size, 0);
      const removed = { removed: 0, bytes: 0 };
      for (const { key, size, modifiedAt } of trees) {
        if (now() - modifiedAt.getTime() <= maxAgeMs && total <= maxBytes) continue;
        await bucket.remove([key]);
        total -= size;
        removed.removed += 1;
        removed.bytes += size;
      }
      return removed;
    },
  };
}
