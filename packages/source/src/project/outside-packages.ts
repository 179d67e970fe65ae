import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { MarteauError } from '@marteau/shared';

/** What a package.json takes from a place on somebody's disk that is not in the repository. */
export interface OutsidePackage {
  readonly name: string;
  /** As it is written: `file:../lib`. */
  readonly from: string;
}

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** The package that a load brings itself: nodes leave it out. */
const OURS = 'marteau';

/**
 * The packages that npm finds nowhere but where the repository was written.
 * @param manifest the text of a package.json; one that cannot be read needs none, and npm says what is wrong with it
 * @param folder where it is, relative to the root of the repository
 */
export function outsidePackages(manifest: string, folder: string): OutsidePackage[] {
  return groups
    .flatMap((group) => Object.entries(Object(Object(parse(manifest))[group])))
    .filter(([, from]) => typeof from === 'string' && isOutside(from, folder))
    .map(([name, from]) => ({ name, from: String(from) }));
}

/** Those of them without which nothing can be installed on a node. */
export function missingOnNodes(packages: readonly OutsidePackage[]): OutsidePackage[] {
  return packages.filter(({ name }) => name !== OURS);
}

/**
 * Checks that the package.json of wdir, which nodes install, takes nothing from outside of the repository.
 * @param folder of the project, absolute
 * @returns what it takes from there that nodes do without
 * @throws MarteauError package-outside
 */
export async function checkPackages(folder: string, wdir: string): Promise<OutsidePackage[]> {
  const manifest = await readFile(join(folder, wdir, 'package.json'), 'utf8').catch(() => '');
  const outside = outsidePackages(manifest, wdir);
  const [missing] = missingOnNodes(outside);
  if (missing) throw new MarteauError('package-outside', { name: missing.name, from: missing.from });
  return outside;
}

/** `file:../lib`, `link:/home/me/lib`, and without a word before it: `../lib`, `~/lib`. */
function isOutside(from: string, folder: string): boolean {
  const path =
    /^(?:file|link):(?:\/\/(?=\/))?(.*)$/.exec(from)?.[1] ?? /^(?:\.{1,2}|~|)\/.*$/.exec(from)?.[0];
  if (path === undefined) return false;
  return /^(?:[/~]|[a-z]:[\\/])/i.test(path) || posix.join(folder, path, '/').startsWith('../');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
