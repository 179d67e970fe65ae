import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** One thing in a tree. */
export interface TreeEntry {
  /** From the tree's root, with slashes. */
  readonly path: string;
  readonly stats: Stats;
}

export interface Tree {
  /** Folders before what is in them; the same order on every machine. */
  readonly entries: readonly TreeEntry[];
  /** What was left out, each a sentence for a person. */
  readonly warnings: readonly string[];
}

/** Everything in a folder that can be packed: no `.git`, no link that leaves the folder, no device. */
export async function walk(root: string, entered: (entry: TreeEntry) => void): Promise<Tree> {
  const entries: TreeEntry[] = [];
  const warnings: string[] = [];
  const pending = [''];
  for (let folder = pending.shift(); folder !== undefined; folder = pending.shift()) {
    for (const bytes of await readdir(join(root, folder), { encoding: 'buffer' })) {
      const name = bytes.toString('utf8');
      if (!isUtf8(bytes)) {
        warnings.push(`${folder ? `${folder}/${name}` : name} was left out: its name is no UTF-8.`);
        continue;
      }
      const path = folder ? `${folder}/${name}` : name;
      if (path === '.git') continue;
      const stats = await lstat(join(root, path));
      const problem = await whyNot(root, path, stats);
      if (problem) {
        warnings.push(`${path} was left out: ${problem}.`);
        continue;
      }
      const entry = { path, stats };
      entered(entry);
      entries.push(entry);
      if (stats.isDirectory()) pending.push(path);
    }
  }
  const inOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return {
    entries: entries.sort((a, b) => inOrder(a.path, b.path)),
    warnings: warnings.sort(inOrder),
  };
}

async function whyNot(root: string, path: string, stats: Stats): Promise<string | null> {
  if (stats.isFile() || stats.isDirectory()) return null;
  if (!stats.isSymbolicLink()) return 'it is neither a file nor a folder';
  const target = await readlink(join(root, path));
  return leavesTree(path, target) ? `it is a symbolic link out of the project (to ${target})` : null;
}

/** Whether a symbolic link at `path` points out of the tree. */
export function leavesTree(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/')) return true;
  const landing = normalize(join(dirname(path), target));
  return landing === '..' || landing.startsWith('../');
}
