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
    if (prefix) await install(program, manager, prefix);
    else byHand.push({ program, manager });
  }
  if (byHand.length > 0) throw new SetupError(instructions(byHand));
}

async function install(program, manager, prefix) {
  say(`installing ${program.name} (${manager.name})`);
  const failures = [];
  for (const name of program.packages[manager.name]) {
    const { output } = await runQuietly([...prefix, ...manager.command(name)]);
    if (!program.isMissing()) return;
    failures.push(output);
  }
  throw new SetupError(
    `${lastLines(failures[0])}\n${program.name} could not be installed: ${manager.name} failed with the lines above. Once that is mended, run the command again.`,
  );
}

function instructions(byHand) {
  const names = byHand.map(({ program }) => program.name).join(' and ');
  const isOrAre = byHand.length > 1 ? 'are' : 'is';
  if (byHand.some(({ manager }) => !manager)) {
    return `${names} ${isOrAre} missing, and this set-up knows no package manager here. Install by hand what is missing, so that it is on the PATH, and run the command again.`;
  }
  const commands = byHand.map(
    ({ program, manager }) => `sudo ${manager.typed} ${program.packages[manager.name][0]}`,
  );
  return `${names} ${isOrAre} missing, and installing takes root's rights. Type: ${commands.join(' && ')}\nThen run the command again.`;
}
