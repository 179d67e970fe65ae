import type { Command, Options } from '../command.ts';
import { inWords } from '../errors/in-words.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CHOICE_USAGE, choiceOptions, choicesExplained, choicesOf } from '../run/choices.ts';
import type { LocalRun } from '../run/local-run.ts';
import { errorAsJson, runAsJson } from '../run/run-json.ts';
import { onceLines, wentWell } from '../show/once-lines.ts';
import { openDisplay } from '../show/open-display.ts';
import { paint } from '../show/paint.ts';
import { verdictLines } from '../show/verdict-lines.ts';
import type { World } from '../world.ts';

/** Runs a project on this machine, without a server. */
export const run: Command = {
  name: 'run',
  about: 'Run the load test of a folder or a repository on this machine, and write its report.',
  usage: `[DIR|URL] ${CHOICE_USAGE} [--ref REF] [--once] [--out FOLDER] [--json] [--quiet]`,
  options: {
    ...choiceOptions,
    ref: { type: 'string' },
    once: { type: 'boolean' },
    out: { type: 'string' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  explains: {
    ...choicesExplained,
    '--ref REF': 'of a repository: this branch, tag or commit',
    '--once': 'each test one time, with every request and answer',
    '--out FOLDER': 'where the report goes; into marteau-runs of the folder unless given',
    '--json': 'one JSON object in place of the table',
    '--quiet': 'the verdict and the report’s path alone',
  },
  maxArguments: 1,
  async run({ arguments: [where = '.'], options }, world) {
    const display = openDisplay(world, { quiet: options.quiet === true });
    try {
      display.phase('reading .marteau.yml');
      // Loaded now, so that something is seen before.
      const { localRun } = await import('../run/local-run.ts');
      const ran = await localRun(optionsOf(where, options), world, display);
      display.close();
      return tell(ran, options, world);
    } catch (error) {
      display.close();
      return tellError(error, options, world);
    }
  },
};

function optionsOf(where: string, options: Options) {
  const text = (name: string): string | null => (typeof options[name] === 'string' ? options[name] : null);
  return {
    where,
    ref: text('ref'),
    choices: choicesOf(options),
    once: options.once === true,
    out: text('out'),
  };
}

function tell(ran: LocalRun, options: Options, world: World): ExitCode {
  const { report, measurements } = ran;
  const isOnce = options.once === true;
  const verdict = report?.results.judgement?.verdict ?? 'fail';
  const code = isOnce ? onceCode(measurements) : exitCodes[verdict];
  if (options.json) world.out(`${JSON.stringify(runAsJson(ran, code))}\n`);
  else if (isOnce) world.out(paint(onceLines(measurements, ran.exchanges), world.outColour));
  else if (report && options.quiet)
    world.out(paint(verdictLines(report.results).slice(0, 1), world.outColour));
  else if (report) world.out(`\n${paint(verdictLines(report.results), world.outColour)}`);
  if (report && !options.json) world.out(`${options.quiet ? '' : '\n'}Report: ${report.file}\n`);
  return code;
}

function onceCode(measurements: LocalRun['measurements']): ExitCode {
  return wentWell(measurements) ? exitCodes.pass : exitCodes.fail;
}

function tellError(error: unknown, options: Options, world: World): ExitCode {
  const told = inWords(error);
  if (told === null) throw error;
  if (options.json) world.out(`${JSON.stringify(errorAsJson(told))}\n`);
  world.err(`${told.sentence}\n`);
  return told.exitCode;
}
