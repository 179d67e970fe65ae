import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
/** The workspace of the command line, relative to the repository. */
export const CLI = 'apps/cli';
/** Where the packed copy is made; not in git. */
export const dist = join(root, CLI, 'dist');
export const manifestFile = join(root, CLI, 'package.json');
/** package.json as it is in the repository, while npm packs another one. */
export const savedManifestFile = join(root, CLI, 'package.json.saved');
