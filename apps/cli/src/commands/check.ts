import { resolve } from 'node:path';
import { describePlan } from '@marteau/shared';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readProject } from '../project/read-project.ts';

/** Shows every mistake of a project's `.marteau.yml` with its place, or what the file amounts to. */
export const check: Command = {
  name: 'check',
  about: 'Show every mistake in .marteau.yml, or what it amounts to.',
  usage: '[DIR] [--profile NAME]',
  options: { profile: { type: 'string' } },
  maxArguments: 1,
  async run({ arguments: [folder = '.'], options }, world) {
    const profile = typeof options.profile === 'string' ? options.profile : null;
    const project = await readProject(resolve(world.cwd, folder), { profile });
    if (project.problems !== null) {
      world.err(`${project.problems}\n`);
      return exitCodes.file;
    }
    world.out(`${project.file.name}: ${describePlan(project.file)}.\n`);
    return exitCodes.pass;
  },
};
