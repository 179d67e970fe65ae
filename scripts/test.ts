// npm test [-- PATH… --node-option…]: every test of the repository that is not long, or all those under the paths.
// npm run test:long: the long ones.
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileResult, runTestFile } from './testing/run-test-file.ts';
import { findTestFiles, selectTestFiles, untestedWorkspaces } from './testing/test-files.ts';
import { workWhileIdle } from './testing/while-idle.ts';

const root = join(import.meta.dirname, '..');
const say = (line = '') => process.stdout.write(`${line}\n`);
/** Of a test, of silence, and of all tests of a file. */
const manyFaults = process.env.MARTEAU_FAULTS === 'long';
const TEST_MS = manyFaults ? 1_200_000 : 300_000;
const SILENCE_MS = TEST_MS + 30_000;
const FILE_MS = manyFaults ? 7_200_000 : 1_200_000;
/** More failures than this are no bad luck. */
const MOST_TRIED_AGAIN = 3;

const long = process.argv.includes('--long');
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-') && argument !== '--long');
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

const all = findTestFiles(root);
const files = selectTestFiles(all, paths, root, long);
const untested = paths.length > 0 ? [] : untestedWorkspaces(root, all);
const cut = new AbortController();
process.stdout.on('error', () => cut.abort()); // nobody reads any more
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cut.abort());

if (files.length === 0) {
  say(`There is no test file under ${paths.join(', ') || root}.`);
  process.exitCode = 1;
} else {
  say(`${files.length} test files${files.length < all.length ? ` of ${all.length}` : ''}`);
  const begun = performance.now();
  const results = await runAll();
  const flaky = await tryAgain(results);
  if (!sum(results, flaky, (performance.now() - begun) / 1000)) process.exitCode = 1;
}
if (untested.length > 0) {
  say(
    `\nThese have source and not one test file: ${untested.join(', ')}. Add one; a part without tests is not done.`,
  );
  process.exitCode = 1;
}

/**
 * Most tests wait for processes and sockets more than they compute, and a machine with time left begins one more. Those
 * of the whole come first, and of the long ones the documents, which take longest: what is small fills the end.
 */
function runAll(): Promise<FileResult[]> {
  const isWhole = (file: string) => file.startsWith('tests/');
  const isFirst = (file: string) => long && file.startsWith('tests/documents/');
  const rank = (file: string): number => (isFirst(file) ? 0 : isWhole(file) ? 1 : 2);
  const ordered = files.toSorted((a, b) => rank(a) - rank(b));
  const least = Math.max(2, availableParallelism());
  return workWhileIdle(ordered, run, { least, most: least + 2, signal: cut.signal });
}

async function run(file: string): Promise<FileResult> {
  const result = await runTestFile({
    root,
    file,
    options: [`--test-timeout=${TEST_MS}`, ...options],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
    signal: cut.signal,
    deadlineMs: FILE_MS,
    silenceMs: SILENCE_MS,
  });
  show(result);
  return result;
}

/**
 * A few failures among hundreds of files may be a busy machine's. They run once more, alone. What passes then is told
 * as flaky, with its first output above it: a defect of the test, or a race of the product that somebody should look at.
 *
 * @returns the files that failed first and passed then
 */
async function tryAgain(results: readonly FileResult[]): Promise<string[]> {
  const failed = results.filter(({ ok }) => !ok).map(({ file }) => file);
  if (paths.length > 0 || failed.length > MOST_TRIED_AGAIN || cut.signal.aborted) return [];
  const flaky: string[] = [];
  for (const file of failed) {
    say(`\nOnce more, alone: ${file}`);
    if ((await run(file)).ok) flaky.push(file);
  }
  return flaky;
}

/** A line of a file that passed; all that one printed that did not, or that was asked for by its path. */
function show({ file, ok, tests, skipped, seconds, output, problems }: FileResult): void {
  const skips = skipped > 0 ? `, ${skipped} skipped` : '';
  say(`${ok ? '✔' : '✖'} ${file} (${tests} tests${skips}, ${seconds.toFixed(1)} s)`);
  if (!ok || paths.length > 0) say(output.trimEnd().replaceAll(/^/gm, '    '));
  for (const problem of problems) say(`    ${problem}`);
}

/** @returns whether all went well */
function sum(results: readonly FileResult[], flaky: readonly string[], seconds: number): boolean {
  const failed = results.filter(({ ok, file }) => !ok && !flaky.includes(file));
  const total = (count: (result: FileResult) => number): number =>
    results.reduce((sum, result) => sum + count(result), 0);
  say(
    `\n${total(({ tests }) => tests)} tests in ${results.length} files, ${total(({ skipped }) => skipped)} skipped, ${seconds.toFixed(0)} s`,
  );
  const missing = files.length - results.length;
  if (missing > 0) say(`The run was asked to end: ${missing} files were not run.`);
  if (flaky.length > 0) say(`Flaky, passed alone: ${flaky.join(', ')}`);
  if (failed.length > 0) say(`Failed: ${failed.map(({ file }) => file).join(', ')}`);
  else if (missing === 0) say('All passed.');
  return failed.length === 0 && missing === 0;
}
