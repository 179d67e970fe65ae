import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
// The files and not the package: a mistake in what the package imports shall fail the tests and not their runner.
import { createTempFolder, markProcesses } from '@marteau/testkit';

/** How one file of tests went. */
export interface FileResult {
  file: string;
  ok: boolean;
  tests: number;
  skipped: number;
  seconds: number;
  /** What the reporter and the tests printed. */
  output: string;
  /** What a file must not do, as sentences. */
  problems: string[];
}

interface Options {
  /** The folder that `file` is relative to, and in which it runs. */
  root: string;
  file: string;
  /** Of Node: `--test-name-pattern=…`. */
  options: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Cuts it: the whole run was asked to end. */
  signal: AbortSignal;
  /** How long the file may take, ms. */
  deadlineMs: number;
  /** How long it may say nothing, ms: longer than any test takes. */
  silenceMs: number;
}

/** From the request to end to SIGKILL. */
const GRACE_MS = 5_000;

/**
 * Runs a file of tests in a process and a temporary folder of its own, and ends whatever it leaves: a file that hangs,
 * blocks its thread or forgets its programs fails, and takes no other one along.
 */
export async function runTestFile(options: Options): Promise<FileResult> {
  const { root, file, env, signal, deadlineMs, silenceMs } = options;
  await using folder = await createTempFolder('marteau-');
  // Not disposed of, which would throw: what is left is told as a problem.
  const mark = markProcesses({ variable: 'MARTEAU_TEST_RUN', folder: folder.path });
  const problems: string[] = [];
  const begun = performance.now();
  // The runner's own isolation would hide a file's signals from it, and hold the file to the time of one test.
  const runner = ['--test', '--test-isolation=none', '--test-reporter=spec'];
  const child = spawn(process.execPath, [...runner, ...options.options, file], {
    cwd: root,
    env: { ...env, ...mark.env, TMPDIR: folder.path, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  const stopWith = (problem: string) => (): void => {
    problems.push(problem);
    end(child);
  };
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  const tooLong = setTimeout(
    stopWith(`It was not over after ${seconds(deadlineMs)} and was ended.`),
    deadlineMs,
  );
  const silent = setTimeout(
    stopWith(
      `It said nothing for ${seconds(silenceMs)} and was ended: a test hangs, or something is left open.`,
    ),
    silenceMs,
  );
  const cut = stopWith('It was cut, because the whole run was asked to end.');
  signal.addEventListener('abort', cut, { once: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      silent.refresh();
    });

  // Not `close`: what it left behind may hold its pipes.
  const [code, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(tooLong);
  clearTimeout(silent);
  signal.removeEventListener('abort', cut);
  const left = await endWhatIsLeft(mark);
  if (left) problems.push(left);
  if (!child.stdout.readableEnded || !child.stderr.readableEnded) await once(child, 'close');

  const count = (name: string): number =>
    Number([...output.matchAll(new RegExp(`^ℹ ${name} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  const tests = count('tests');
  // A file without a test is reported as one test, of the file's name.
  if (tests === 1 && output.includes(`✔ ${file} (`)) problems.push('It has no test.');
  if (code === null && problems.length === 0) problems.push(`It was killed by ${killedBy}.`);
  return {
    file,
    ok: code === 0 && problems.length === 0,
    tests,
    skipped: count('skipped'),
    seconds: (performance.now() - begun) / 1000,
    output,
    problems,
  };
}

/** SIGINT makes the test runner say which tests were not over. A blocked thread hears nothing, and is killed. */
function end(child: ChildProcess): void {
  child.kill('SIGINT');
  const impatience = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  child.once('exit', () => clearTimeout(impatience));
}

/** Kills the processes that outlived the file; the sentence names them. */
async function endWhatIsLeft(mark: ReturnType<typeof markProcesses>): Promise<string | null> {
  try {
    await mark.assertNoneLeft();
    return null;
  } catch (error) {
    for (const { pid } of mark.alive()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended meanwhile
      }
    }
    return `It left processes behind, which a test must never do; they were killed. ${(error as Error).message}`;
  }
}
