import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dataFiles, renderReport } from '@marteau/report';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readResultsFile } from '../results-file.ts';

/** Makes the report of a results.json anew: the same bytes as when the run ended. */
export const report: Command = {
  name: 'report',
  about: 'Make the HTML report of a results.json, and its CSV, JUnit XML and OpenMetrics files.',
  usage: 'RESULTS.JSON [--out REPORT.HTML] [--data FOLDER]',
  options: { out: { type: 'string' }, data: { type: 'string' } },
  explains: {
    '--out REPORT.HTML': 'where the report goes; ./report.html unless given',
    '--data FOLDER': 'writes the CSV, JUnit XML and OpenMetrics files there, too',
  },
  maxArguments: 1,
  async run({ arguments: [file], options }, world) {
    if (file === undefined) {
      world.err('Give the results.json of a run: marteau report results.json\n');
      return exitCodes.usage;
    }
    const results = await readResultsFile(world.cwd, file);
    const out = resolve(world.cwd, typeof options.out === 'string' ? options.out : 'report.html');
    await writeFile(out, renderReport(results));
    world.out(`${out}\n`);
    if (typeof options.data === 'string') {
      await mkdir(resolve(world.cwd, options.data), { recursive: true });
      for (const [name, text] of Object.entries(dataFiles(results))) {
        const path = resolve(world.cwd, options.data, name);
        await writeFile(path, text);
        world.out(`${path}\n`);
      }
    }
    return exitCodes.pass;
  },
};
