import { globSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { readForeignFile } from '@marteau/launch';

/** The package that a load brings itself, for every script. */
const OURS = 'marteau';
const MOST_BYTES = 64_000_000;
const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
const locks = ['package-lock.json', 'npm-shrinkwrap.json'];

type Json = Record<string, unknown>;

/**
 * Takes `marteau` out of a package.json, of its workspaces and of the lock file beside it, so that npm installs the rest
 * wherever that one was to come from: a file beside somebody's checkout, a server that a node does not reach.
 * @param folder of a run's own copy of the project
 * @returns whether one of them named it
 */
export async function leaveMarteauOut(folder: string): Promise<boolean> {
  const top = await readJson(join(folder, 'package.json'));
  const patterns = Array.isArray(top?.workspaces) ? top.workspaces : [];
  const members = globSync(
    patterns.filter((one) => typeof one === 'string').map((one) => join(one, 'package.json')),
    { cwd: folder },
  ).filter((file) => !relative(folder, resolve(folder, file)).startsWith('..')); // others' are not ours to change
  const changed = await Promise.all(
    ['package.json', ...members].map((file) => rewrite(join(folder, file), withoutOurs)),
  );
  if (!changed.includes(true)) return false;
  await Promise.all(locks.map((file) => rewrite(join(folder, file), withoutOursLocked)));
  return true;
}

/** @returns whether its groups named it */
function withoutOurs(manifest: Json): boolean {
  const named = groups.filter((group) => Object.hasOwn(objectOf(manifest[group]), OURS));
  for (const group of named) delete objectOf(manifest[group])[OURS];
  return named.length > 0;
}

function withoutOursLocked(lock: Json): boolean {
  const packages = objectOf(lock.packages);
  for (const [path, entry] of Object.entries(packages)) {
    if (`/${path}/`.includes(`/node_modules/${OURS}/`)) delete packages[path];
    else if (!path.includes('node_modules')) withoutOurs(objectOf(entry));
  }
  delete objectOf(lock.dependencies)[OURS]; // version 1 of the format
  return true;
}

async function rewrite(path: string, change: (json: Json) => boolean): Promise<boolean> {
  const json = await readJson(path);
  if (json === null || !change(json)) return false;
  await rm(path); // what it is linked to stays as it is
  await writeFile(path, JSON.stringify(json, null, 2));
  return true;
}

/** Null for what is not there or cannot be read: npm says what is wrong with it. */
async function readJson(path: string): Promise<Json | null> {
  try {
    const bytes = await readForeignFile(path, MOST_BYTES);
    return bytes && objectOf(JSON.parse(bytes.toString()));
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
