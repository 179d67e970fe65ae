import { packageManagerFor } from './package-managers.mjs';
import { asRoot } from './root-rights.mjs';
import { lastLines, runQuietly } from './run-quietly.mjs';
import { say } from './say.mjs';
import { SetupError } from './setup-error.mjs';

/** Installs programs with the platform's package manager, or stops with the one line to type. */
export async function installSystemPrograms(programs) {
  const byHand = [];
  for (const program of programs) {
    const manager = packageManagerFor(program);
    const prefix = manager && asRoot(manager);
    if (!prefix) byHand.push({ program, manager });
    else await install(program, manager, prefix);
  }
  if (byHand.length > 0) throw new SetupError(instructions(byHand));
}

async function install(program, manager, prefix) {
  say(`installing ${program.name} (${manager.name})`);
  let output = '';
  for (const name of program.packages[manager.name]) {
    ({ output } = await runQuietly([...prefix, ...manager.command(name)]));
    if (!program.isMissing()) return;
  }
  throw new SetupError(
    `${lastLines(output)}\n${program.name} could not be installed: ${manager.name} failed with the lines above. Type: ${typed(program, manager)}`,
  );
}

function instructions(byHand) {
  return byHand
    .map(({ program, manager }) =>
      manager
        ? `${program.name} is missing, and installing it needs root's rights. Type: ${typed(program, manager)}`
        : `${program.name} is missing, and there is no package manager here that this set-up knows. Install it so that it is on the PATH, and run the command again.`,
    )
    .join('\n');
}

function typed(program, manager) {
  return `${manager.needsRoot ? 'sudo ' : ''}${manager.typed} ${program.packages[manager.name][0]}`;
}
