import { describePlan, type ResolvedFile } from '@marteau/file';
import { sharedInstances } from '@marteau/load';
import { describeRun, fillSecrets, requireSupported, scriptText } from '@marteau/run';
import { checkPackages } from '@marteau/source';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { findFolder } from '../project/find-folder.ts';
import { loadScript } from '../project/load-script.ts';
import { readProject } from '../project/read-project.ts';
import { CHOICE_USAGE, choiceOptions, choicesExplained, choicesOf } from '../run/choices.ts';
import { openRunFolders } from '../run/run-folders.ts';
import { findSecrets, readSecrets } from '../run/secrets.ts';
import type { World } from '../world.ts';

/** Shows every mistake of a project's `.marteau.yml` with its place, or what the file amounts to. */
export const check: Command = {
  name: 'check',
  about: 'Show every mistake in .marteau.yml and its script, or what they amount to.',
  usage: `[DIR] ${CHOICE_USAGE}`,
  options: choiceOptions,
  explains: choicesExplained,
  maxArguments: 1,
  async run({ arguments: [where = '.'], options }, world) {
    const folder = await findFolder(where, world.cwd);
    const { file, problems, exitCode } = await readProject(folder, choicesOf(options));
    if (file === null) {
      world.err(`${problems}\n`);
      return exitCode;
    }
    requireSupported(file);
    for (const { name, from } of await checkPackages(folder, file.wdir))
      world.err(
        `package.json takes ${name} from ${from}, outside of the repository: nodes leave it out, but nobody who clones the repository can install it. Install it from your server, at /cli/marteau.tgz.\n`,
      );
    if (file.runner.name !== 'node-test') {
      world.out(`${file.name}: ${describeRun(file, await scriptText(folder, file))}.\n`);
      return exitCodes.pass;
    }
    const { tests, shared: changed } = await scriptOf(file, folder, world);
    world.out(`${file.name}: ${describePlan(file)}.\n`);
    for (const { fullName, skipped, source } of tests)
      world.out(`  ${fullName}${skipped ? ' (skipped)' : ''}${source === null ? '' : `  ${source}`}\n`);
    if (/\bnew EventSource\b/.test(await scriptText(folder, file)))
      world.out(
        'Plain `node --test` has EventSource with --experimental-eventsource only; under load, and with `node --import marteau --test`, it is there.\n',
      );
    const shared = sharedInstances(file.load.plan, file.nodes.count);
    for (const sentence of [shared, changed]) if (sentence) world.out(`${sentence}\n`);
    return exitCodes.pass;
  },
};

async function scriptOf(file: ResolvedFile, folder: string, world: World) {
  await using work = await openRunFolders();
  const { values, missing } = findSecrets(file, folder, await readSecrets(world), world.env);
  // To load a script they need not be true.
  if (missing.length > 0) world.err(`${missing.join(', ')} not set here, and left empty for this check.\n`);
  const secrets = { ...values, ...Object.fromEntries(missing.map((name) => [name, ''])) };
  return loadScript(file, {
    folder,
    work,
    path: world.env.PATH ?? '',
    env: fillSecrets(file.env, secrets, folder),
    secrets: Object.values(values),
    signal: AbortSignal.any([world.enough, world.signal]),
  });
}
