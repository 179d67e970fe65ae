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
    else if (!program.isOptional) byHand.push({ program, manager });
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
  if (program.isOptional) return say(`${program.name} could not be installed; going on without it`);
  throw new SetupError(
    `${lastLines(failures[0])}\n${program.name} could not be installed: ${manager.name} failed with the lines above. Once that is mended, run the command again.`,
  );
}

/** What is missing, why it was not installed, the one line to type, and what would do instead. */
function instructions(byHand) {
  const names = byHand.map(({ program }) => program.name).join(' and ');
  const isOrAre = byHand.length > 1 ? 'are' : 'is';
  const why = byHand.every(({ manager }) => manager)
    ? "installing takes root's rights"
    : 'this set-up knows no package manager here that has what is missing';
  const lines = byHand.map(({ program, manager }) =>
    manager ? `sudo ${manager.typed} ${program.packages[manager.name][0]}` : program.fromSource,
  );
  const whatToDo = lines.every(Boolean)
    ? `Type: ${lines.join(' && ')}\nThen`
    : `Install ${names} so that the PATH leads there, and`;
  const waysOut = byHand.filter(({ program }) => program.wayOut).map(({ program }) => program.wayOut);
  const instead = waysOut.length > 0 ? ` Or ${waysOut.join(' and ')}.` : '';
  return `${names} ${isOrAre} missing, and ${why}. ${whatToDo} run the command again.${instead}`;
}
