import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findScripts } from '@marteau/run';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { type NewProject, projectFiles, USUAL_TARGET } from '../scaffold/project-files.ts';
import { toolFile } from '../scaffold/tool-file.ts';

/**
 * Writes `.marteau.yml` and a test that runs into the working folder; never over what is there. Where there is a script
 * of another load tool, it is taken as it is, and no test is written.
 */
export const init: Command = {
  name: 'init',
  about: 'Write a .marteau.yml and a first load test into this folder.',
  usage: `[URL of what to test; unless given, the app that \`npm start\` starts, or ${USUAL_TARGET}]`,
  options: {},
  maxArguments: 1,
  async run({ arguments: [wanted] }, world) {
    const own = await readManifest(world.cwd);
    const given = wanted ?? USUAL_TARGET;
    const target = URL.parse(given);
    if (target?.protocol !== 'http:' && target?.protocol !== 'https:') {
      world.err(
        `'${given}' is not the address of a web site. Give one such as https://staging.example.com.\n`,
      );
      return exitCodes.usage;
    }
    const startsItself = wanted === undefined && own?.scripts?.start !== undefined;
    const project: NewProject = {
      name: own?.name ?? basename(world.cwd),
      target: startsItself ? null : target.href.replace(/\/$/, ''),
      setup: (await existing([join(world.cwd, 'package-lock.json')])).length > 0 ? 'npm ci' : null,
      test: `loadtest/home.test.${await extension(world.cwd)}`,
    };
    const [script, ...others] = await findScripts(world.cwd);
    const address = target.href.replace(/\/$/, '');
    const files = Object.entries(
      script === undefined
        ? projectFiles(project)
        : { '.marteau.yml': toolFile({ ...project, target: address }, script, others) },
    );
    const there = await existing(files.map(([path]) => join(world.cwd, path)));
    if (there.length > 0) {
      world.err(`${there.join(' and ')} already there, and left as it is. Move it away to start anew.\n`);
      return exitCodes.file;
    }
    for (const [path, text] of files) {
      await mkdir(dirname(join(world.cwd, path)), { recursive: true });
      await writeFile(join(world.cwd, path), text, { flag: 'wx' });
      world.out(`wrote ${path}\n`);
    }
    // As it was started itself: in a repository that has it as a package, a shell does not know its name.
    world.out(`\nNow: ${world.env.npm_command === 'exec' ? 'npx ' : ''}marteau run\n`);
    return exitCodes.pass;
  },
};

interface Manifest {
  readonly name?: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** The package.json of a folder; null where there is none that can be read. */
async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest | null;
  } catch {
    return null;
  }
}

/** Where the nearest package.json does not say that modules are ES modules, a test with `import` has to say so. */
async function extension(folder: string): Promise<'ts' | 'mts'> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
  if (manifest !== null) return /"type"\s*:\s*"module"/.test(manifest) ? 'ts' : 'mts';
  const above = dirname(folder);
  return above === folder ? 'ts' : extension(above);
}

async function existing(paths: string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}
