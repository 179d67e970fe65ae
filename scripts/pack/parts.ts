import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package.json, as far as packing goes. */
export interface Manifest {
  name: string;
  version: string;
  license?: string;
  description?: string;
  exports?: Record<string, string>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
}

/** A workspace that becomes a part of the package. */
export interface Part {
  /** Relative to the repository: 'packages/load'. */
  folder: string;
  manifest: Manifest;
}

/** The command line and, one by one, every workspace that it needs. @param root of the repository */
export function partsOf(root: string, folder: string): Part[] {
  const workspaces = new Map(
    globSync('{apps,packages}/*/package.json', { cwd: root }).map((file) => {
      const part = { folder: file.replace('/package.json', ''), manifest: readManifest(join(root, file)) };
      return [part.manifest.name, part] as const;
    }),
  );
  const found = new Set<Part>();
  const add = (part: Part): void => {
    if (found.has(part)) return;
    found.add(part);
    for (const name of Object.keys(part.manifest.dependencies ?? {})) {
      const needed = workspaces.get(name);
      if (needed) add(needed);
    }
  };
  add([...workspaces.values()].find((part) => part.folder === folder)!);
  return [...found];
}

/** What runs of a part: no tests, and nothing that only they use. Paths relative to the repository. */
export function filesOf(root: string, { folder }: Part): string[] {
  return globSync(`${folder}/src/**/*.{ts,js}`, { cwd: root }).filter(
    (file) => !/\.test\.ts$|\.fixture\.ts$|\.d\.ts$|\/fixtures\//.test(file),
  );
}

/** What a part starts beside its modules: programs in Perl. Paths relative to the repository. */
export function programsOf(root: string, { folder }: Part): string[] {
  return globSync(`${folder}/src/**/*.pl`, { cwd: root, exclude: ['**/fixtures/**'] });
}

/** The packages from outside that the parts need, with their versions. */
export function outsideOf(parts: readonly Part[]): Record<string, string> {
  const ours = new Set(parts.map(({ manifest }) => manifest.name));
  const all = parts.flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}));
  return Object.fromEntries(all.filter(([name]) => !ours.has(name)).sort(([a], [b]) => a.localeCompare(b)));
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
