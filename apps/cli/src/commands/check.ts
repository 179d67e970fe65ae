import { describePlan } from '@marteau/shared';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { findFolder } from '../project/find-folder.ts';
import { readProject } from '../project/read-project.ts';
import { choiceOptions, choicesOf, choiceUsage } from '../run/choices.ts';

/** Shows every mistake of a project's `.marteau.yml` with its place, or what the file amounts to. */
export const check: Command = {
  name: 'check',
  about: 'Show every mistake in .marteau.yml and its script, or what they amount to.',
  usage: `[DIR] ${choiceUsage}`,
  options: choiceOptions,
  maxArguments: 1,
  async run({ arguments: [where = '.'], options }, world) {
    const folder = await findFolder(where, world.cwd);
    const project = await readProject(folder, choicesOf(options));
    if (project.problems !== null) {
      world.err(`${project.problems}\n`);
      return project.exitCode;
    }
    world.out(`${project.file.name}: ${describePlan(project.file)}.\n`);
    return exitCodes.pass;
  },
};
