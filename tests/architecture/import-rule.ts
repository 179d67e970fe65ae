import { isBuiltin } from 'node:module';
import { dirname, join, matchesGlob } from 'node:path';
import type { ImportTable } from './import-table.ts';

/** A file that imports: its path and its part's folder are relative to the repository's. */
export type Importer = { file: string; part: string; folder: string };

const TESTS_MAY_ALSO = ['node:*', 'fast-check', 'undici'];

/**
 * Why the table does not let a file import a module; undefined when it does.
 * @param partOf the part that a package's name stands for, for packages of ours
 */
export function refusal(
  importer: Importer,
  specifier: string,
  table: ImportTable,
  partOf: ReadonlyMap<string, string>,
): string | undefined {
  const { file, part, folder } = importer;
  const row = table.get(part);
  if (!row) return `${file}: the table has no row for ${part}`;
  if (row.ours.includes('*') || isOfTheSite(importer, specifier)) return undefined;
  if (specifier.startsWith('.')) {
    const target = join(dirname(file), specifier);
    return target.startsWith(`${folder}/`) ? undefined : `${file}: ${specifier} leaves ${folder}`;
  }

  const name = packageOf(specifier);
  const ours = partOf.get(name);
  const isAllowed = ours
    ? row.ours.includes(ours) || (ours === 'testkit' && isTest(file))
    : [...row.outside, ...(isTest(file) ? TESTS_MAY_ALSO : [])].some((pattern) => matchesGlob(name, pattern));
  return isAllowed ? undefined : `${file}: ${part} may not import ${ours ?? specifier}`;
}

/** The package that a specifier is of: `@scope/name` of `@scope/name/file.js`. */
function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  if (isBuiltin(first) && !first.startsWith('node:')) return `${first} without node:`;
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || file.includes('/fixtures/');
}

/** What the browser fetches from our own server by its path. */
function isOfTheSite({ file, folder }: Importer, specifier: string): boolean {
  return file.startsWith(`${folder}/public/`) && specifier.startsWith('/');
}
