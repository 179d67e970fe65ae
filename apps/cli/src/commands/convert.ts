import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { convertTape, convertToTest, readTape } from '@marteau/replay';
import { isMarteauError } from '@marteau/shared';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

/** Turns recorded sessions into a load test, or a tape into the other format. */
export const convert: Command = {
  name: 'convert',
  about: 'Turn a recorded session (HAR or .rec) into a load test, or into the other format.',
  usage: 'SESSION.HAR… [--out SCRIPT.TEST.TS|TAPE.REC|TAPE.HAR] [--target https://shop.example.com]',
  options: { out: { type: 'string' }, target: { type: 'string' } },
  maxArguments: 100,
  async run({ arguments: files, options }, world) {
    const [first] = files;
    if (first === undefined) {
      world.err('Name the recorded session: marteau convert session.har\n');
      return exitCodes.usage;
    }
    try {
      const tapes = files.map((file) => readTape(resolve(world.cwd, file)));
      for (const note of tapes.flatMap(({ notes }) => notes)) world.err(`${note}\n`);
      const name = basename(first).replace(/\.[^.]*$/, '');
      const out = resolve(
        world.cwd,
        typeof options.out === 'string' ? options.out : `loadtest/${name}.test.ts`,
      );
      const write = async (path: string, content: string | Buffer) => {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content, { flag: 'wx' });
        world.out(`wrote ${relative(world.cwd, path)}\n`);
      };
      if (/\.(rec|har)$/i.test(out)) {
        await write(out, convertTape(tapes, out));
        return exitCodes.pass;
      }
      const dataFile = `${basename(out).replace(/(\.test)?\.[^.]*$/, '')}.users.json`;
      const target = typeof options.target === 'string' ? options.target.replace(/\/$/, '') : null;
      const { script, data, notes } = convertToTest(tapes, { name, dataFile, target });
      await write(out, script);
      if (data !== null) await write(resolve(dirname(out), dataFile), data);
      for (const note of notes) world.err(`${note}\n`);
      world.out(`\nNow: node --test ${relative(world.cwd, out)}\n`);
      return exitCodes.pass;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        world.err(
          `${(error as NodeJS.ErrnoException).path} is there already, and left as it is. Move it away, or name another with --out.\n`,
        );
        return exitCodes.file;
      }
      if (!isMarteauError(error)) throw error;
      world.err(`${error.message}\n`);
      return error.code === 'tape-wrong' ? exitCodes.file : exitCodes.usage;
    }
  },
};
