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
  'Pipfile.lock',
  'pdm.lock',
  'requirements.txt',
  'gradle.lockfile',
  'Gemfile.lock',
  'composer.lock',
  'Cargo.lock',
  'go.sum',
];
const MOST_BYTES = 64_000_000;
/** Hex digits of a hash: enough to tell two files apart, few enough to read. */
const DIGITS = 12;

/** What names the packages of programs that know no lock file: a change of it is a change of what is installed. */
const manifests = [
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'build.sbt',
  'project/plugins.sbt',
  'pyproject.toml',
];

/** A file that says what a project installs. */
export interface Lock {
  /** In the repository. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  readonly isManifest: boolean;
}

/** The lock files and manifests of wdir, and those at the root of the repository; one that cannot be read is none. */
export async function locksOf({ tree, wdir, base = tree }: Places): Promise<Lock[]> {
  const files = [...new Set([wdir, tree])].flatMap((folder) =>
    [...names, ...manifests].map((name) => ({
      path: join(folder, name),
      isManifest: manifests.includes(name),
    })),
  );
  const found = await Promise.all(
    files.map(async ({ path, isManifest }) => {
      const bytes = await readForeignFile(path, MOST_BYTES, base).catch(() => null);
      if (bytes === null) return [];
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return [{ path: relative(tree, path), sha256, isManifest }];
    }),
  );
  return found.flat();
}

/** The lock files, each by the beginning of its SHA-256, for a report's reader: two runs of the same packages have the same. */
export function lockFacts(locks: readonly Lock[]): Record<string, string> {
  const all = locks
    .filter(({ isManifest }) => !isManifest)
    .map(({ path, sha256 }) => `${path} sha256 ${sha256.slice(0, DIGITS)}`);
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
