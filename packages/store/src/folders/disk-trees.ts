import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeTemporary } from './atomic-write.ts';
import { entryAt, isMissing } from './safe-path.ts';
import { checked, checkTree, type Trees } from './trees.ts';

/** Archives on a disk: `root/sha256-…`, whose time of change is the time of their last use. */
export function createDiskTrees(root: string, now: () => number = Date.now): Trees {
  const pathOf = (tree: string): string => join(root, checkTree(tree));
  const isHere = async (path: string): Promise<boolean> => (await entryAt(path))?.isFile() ?? false;
  const use = (path: string): Promise<void> => utimes(path, now() / 1000, now() / 1000);

  return {
    async put(archive) {
      await mkdir(root, { recursive: true, mode: 0o750 });
      const hash = createHash('sha256');
      const written = await writeTemporary(root, 'the packed tree', archive, {
        seen: (chunk) => hash.update(chunk),
      });
      const tree = `sha256-${hash.digest('hex')}`;
      await rename(written.path, pathOf(tree));
      return { tree, size: written.size };
    },
    async get(tree) {
      const path = pathOf(tree);
      if (!(await isHere(path))) return null;
      await use(path);
      return checked(createReadStream(path), tree);
    },
    has: (tree) => isHere(pathOf(tree)),
    async expire({ maxAgeMs, maxBytes }) {
      const oldestFirst = (await listTrees(root)).sort((a, b) => a.usedAt - b.usedAt);
      let total = oldestFirst.reduce((sum, tree) => sum + tree.size, 0);
      const removed = { removed: 0, bytes: 0 };
      for (const tree of oldestFirst) {
        if (now() - tree.usedAt <= maxAgeMs && total <= maxBytes) continue;
        await rm(tree.path, { force: true });
        total -= tree.size;
        removed.removed += 1;
        removed.bytes += tree.size;
      }
      return removed;
    },
  };
}

/** What a crash left half written is listed too, and so expires. */
async function listTrees(root: string): Promise<{ path: string; size: number; usedAt: number }[]> {
  const names = await readdir(root).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const trees = [];
  for (const name of names) {
    const path = join(root, name);
    const stats = await entryAt(path);
    if (stats?.isFile()) trees.push({ path, size: stats.size, usedAt: stats.mtimeMs });
  }
  return trees;
}
