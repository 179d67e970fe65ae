import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { startNpmRegistry } from './npm-registry.ts';

type Packages = Parameters<typeof startNpmRegistry>[0];

const modules = join(import.meta.dirname, '../../node_modules');

/** A package as it is installed here, and all that it needs, for a registry of a test's own. */
export async function installedPackages(...names: string[]): Promise<Packages> {
  const packages: Packages = {};
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (Object.hasOwn(packages, name)) continue;
    const folder = join(modules, name);
    const {
      version,
      scripts: _,
      ...manifest
    } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const needed = Object.keys(manifest.dependencies ?? {});
    names.push(...needed);
    packages[name] = {
      version,
      // Which version of each there is follows from what is installed.
      manifest: {
        type: 'commonjs',
        ...manifest,
        dependencies: Object.fromEntries(needed.map((each) => [each, '*'])),
        devDependencies: {},
      },
      files: await filesIn(folder),
    };
  }
  return packages;
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.([cm]?js|json|proto)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path !== 'package.json' && !path.includes('node_modules/'));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')])),
  );
}
