import { realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Compartment, Rung } from '@marteau/launch';
import type { Places } from '@marteau/run';
import type { Config } from '../config.ts';

interface Wanted {
  whose: 'npm' | 'run';
  /** The job's own folder. */
  work: string;
  places: Places;
  /** npm's. */
  cache: string;
}

/** Where npm, or all else of a run, lives on this node. */
export async function openCompartment(rung: Rung, config: Config, wanted: Wanted): Promise<Compartment> {
  const { whose, work, places, cache } = wanted;
  if (whose === 'npm') await mkdir(cache, { recursive: true });
  return rung.open({
    writable: [work],
    ...(whose === 'npm' && { shared: cache }),
    readable: [...ours, ...node, ...programs(config.searchPath)],
    hidden: [root, config.dataFolder, config.secretsFile].flatMap((path) => (path ? realpathSync(path) : [])),
    temp: places.temp,
    limits: config.limits,
  });
}

/** Of Marteau what runs inside: the engine, proxies and stand-ins, with their packages. */
const root = resolve(import.meta.dirname, '../../../..');
const ours = ['packages', 'node_modules', 'package.json'].map((name) => join(root, name));

/** Node with its npm, wherever it is; of the folder above, which may be somebody's home, nothing else. */
const prefix = dirname(dirname(process.execPath));
const node = [dirname(process.execPath), join(prefix, 'lib/node_modules'), join(prefix, 'include/node')];

/** Where PATH leads beside the system's own folders. */
function programs(searchPath: string): string[] {
  return searchPath.split(delimiter).filter((folder) => folder.startsWith('/'));
}
