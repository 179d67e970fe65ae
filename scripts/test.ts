// npm test [-- PATH… --node-option…]: every test of the repository, or those under the paths.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
// The files and not the package: a mistake in what the package imports shall fail the tests and not this script.
import { markProcesses, type ProcessMark } from '../packages/testkit/src/process-mark.ts';
import { createTempFolder } from '../packages/testkit/src/temp-folder.ts';
import { findTestFiles, selectTestFiles, untestedWorkspaces } from './testing/test-files.ts';

const root = join(import.meta.dirname, '..');
const say = (line: string) => process.stdout.write(`${line}\n`);

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

const all = findTestFiles(root);
const files = selectTestFiles(all, paths, root);
const untested = paths.length > 0 ? [] : untestedWorkspaces(root, all);

if (files.length === 0) {
  say(`There is no test file under ${paths.join(', ') || root}.`);
  process.exitCode = 1;
} else {
  say(`${files.length} test files${files.length < all.length ? ` of ${all.length}` : ''}`);
  process.exitCode = await runTests();
}
if (untested.length > 0) {
  say(
    `\nThese have source and not one test file: ${untested.join(', ')}. Add one; a part without tests is not done.`,
  );
  process.exitCode ||= 1;
}

async function runTests(): Promise<number> {
  // A folder of this run's own for whatever the tests put under tmpdir(): it is removed whole, and shows whose a process is.
  await using folder = await createTempFolder('marteau-');
  const mark = markProcesses({ variable: 'MARTEAU_TEST_RUN', folder: folder.path });
  const code = await runNode({
    ...mark.env,
    TMPDIR: folder.path,
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
  });
  return (await nothingLeft(mark)) ? code : code || 1;
}

async function runNode(env: Record<string, string>): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      '--test',
      '--test-reporter=spec',
      // Most tests wait for processes and sockets, so that two at a time are good for one core, too.
      `--test-concurrency=${Math.max(2, availableParallelism())}`,
      '--test-timeout=300000',
      ...options,
      ...files,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'close');
  return code ?? 1;
}

/** Processes that outlived the tests fail the run; they are named and ended. */
async function nothingLeft(mark: ProcessMark): Promise<boolean> {
  try {
    await mark.assertNoneLeft();
    return true;
  } catch (error) {
    say(
      `\nThe tests left processes behind, which a test must never do; they are killed now. ${(error as Error).message}`,
    );
    for (const { pid } of mark.alive()) process.kill(pid, 'SIGKILL');
    return false;
  }
}
