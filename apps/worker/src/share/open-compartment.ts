import { existsSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { type Compartment, openWorkFolder, type Rung } from '@marteau/launch';
import type { Places } from '@marteau/run';
import type { Config } from '../config.ts';
import { purposeOf } from '../lease/work-folder.ts';

interface Wanted {
  whose: 'npm' | 'run' | 'between';
  /** The job's own folder. */
  work: string;
  places: Places;
  /** The node. */
  owner: string;
  /** npm's. */
  cache: string;
}

/** Where npm, or all else of a run, lives on this node. */
export async function openCompartment(rung: Rung, config: Config, wanted: Wanted): Promise<Compartment> {
  const { whose, work, places, cache } = wanted;
  if (whose === 'between') return openApart(rung, config, wanted.owner);
  if (whose === 'npm') await mkdir(cache, { recursive: true });
  return rung.open({
    writable: [work],
    ...(whose === 'npm' && { shared: cache }),
    readable: [...ours, ...node, ...programs(config.searchPath)],
    hidden: hidden(config),
    temp: places.temp,
    limits: config.limits,
  });
}

/** Where a program of ours lives that shares nothing with the programs of its run. */
async function openApart(rung: Rung, config: Config, owner: string): Promise<Compartment> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openWorkFolder(purposeOf(config.dataFolder), owner));
  const temp = join(folder.path, 'tmp');
  await mkdir(temp);
  const compartment = stack.use(
    await rung.open({
      writable: [folder.path],
      readable: [...ours, ...node],
      hidden: hidden(config),
      temp,
      limits: config.limits,
    }),
  );
  const kept = stack.move();
  return { ...compartment, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function hidden({ dataFolder, secretsFile }: Config): string[] {
  return [root, dataFolder, secretsFile].flatMap((path) =>
    path && existsSync(path) ? realpathSync(path) : [],
  );
}

/** Of Marteau what runs inside: the engine, proxies and stand-ins, with their packages. */
const root = resolve(import.meta.dirname, '../../../..');
const ours = ['packages', 'node_modules', 'package.json'].map((name) => join(root, name));

/** Node with its npm, wherever it is; of the folder above, which may be somebody's home, nothing else. */
const prefix = dirname(dirname(process.execPath));
const node = [dirname(process.execPath), join(prefix, 'lib/node_modules'), join(prefix, 'include/node')];

/** Tools that people keep in a folder of their home, of which PATH has but a part. */
const TOOL_FOLDERS = /\/\.(asdf|bun|cargo|deno|nvm|pyenv|rbenv|sdkman|volta)\//;

/** Where PATH leads beside the system's own folders, with what programs there are made of. */
function programs(searchPath: string): string[] {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .flatMap((folder) => {
      const tool = TOOL_FOLDERS.exec(`${folder}/`);
      return tool ? [folder.slice(0, tool.index + tool[0].length - 1)] : [folder, ...besides(folder)];
    });
}

/** Beside a `bin`, what programs are made of; what else lies there may be somebody's. */
const PARTS = ['lib', 'lib64', 'libexec', 'boot', 'conf'];

/** What the programs of a folder need besides: packages of Node, an environment of Python, jars. */
function besides(folder: string): string[] {
  const above = dirname(folder);
  if (basename(folder) === '.bin') return basename(above) === 'node_modules' ? [above] : [];
  if (basename(folder) !== 'bin') return [];
  if (!existsSync(join(above, 'pyvenv.cfg')))
    return PARTS.map((name) => join(above, name)).filter(existsSync);
  const python = join(folder, 'python');
  return [above, ...(existsSync(python) ? [dirname(dirname(realpathSync(python)))] : [])];
}
