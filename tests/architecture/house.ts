import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Importer } from './import-rule.ts';

const root = join(import.meta.dirname, '..', '..');

/** A part of the house: a workspace, or a folder of the root that has code. */
export type Part = { name: string; folder: string; manifest: Manifest | undefined };

export type Manifest = {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

const LOOSE = ['examples', 'scripts', 'bench', 'tests'];

export function partsOfTheHouse(): Part[] {
  const workspaces = glob('{apps,packages}/*/package.json').map((file) => ({
    name: basename(dirname(file)),
    folder: dirname(file),
    manifest: JSON.parse(read(file)) as Manifest,
  }));
  return [...workspaces, ...LOOSE.map((name) => ({ name, folder: name, manifest: undefined }))];
}

/** Every source file of a part, in whatever form of JavaScript. */
export function sourcesOf({ name, folder }: Part): Importer[] {
  return glob(`${folder}/**/*.{ts,mts,cts,js,mjs,cjs}`).map((file) => ({ file, part: name, folder }));
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function glob(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules'] }).sort();
}
