import { createHash } from 'node:crypto';
import { cpus, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { readForeignFile } from '@marteau/launch';
import { formatBytes } from '@marteau/shared';
import type { Places } from './foreign-env.ts';

/** Files that say which version of every package a program has. A new one is a line here. */
const names = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'uv.lock',
  'poetry.lock',
  'requirements.txt',
  'Gemfile.lock',
  'composer.lock',
  'Cargo.lock',
  'go.sum',
];
const MOST_BYTES = 64_000_000;
/** Hex digits of a hash: enough to tell two files apart, few enough to read. */
const DIGITS = 12;

/**
 * The lock files of a project, each by the beginning of its SHA-256, for a report's reader: two runs of the same
 * packages have the same. Those of wdir and those at the root of the repository; one that cannot be read is none.
 */
export async function lockFacts({ tree, wdir, base = tree }: Places): Promise<Record<string, string>> {
  const paths = [...new Set([wdir, tree])].flatMap((folder) => names.map((name) => join(folder, name)));
  const found = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readForeignFile(path, MOST_BYTES, base).catch(() => null);
      if (bytes === null) return [];
      const hash = createHash('sha256').update(bytes).digest('hex');
      return [`${relative(tree, path)} sha256 ${hash.slice(0, DIGITS)}`];
    }),
  );
  const all = found.flat();
  return all.length === 0 ? {} : { 'Lock file': all.join(', ') };
}

/** What this machine is, for a report's reader. */
export function machineFacts(): Record<string, string> {
  const processors = cpus();
  return {
    Node: process.versions.node,
    Machine: `${processors.length} × ${processors[0]?.model.trim() || process.arch}, ${formatBytes(totalmem())}`,
    System: process.platform,
  };
}
