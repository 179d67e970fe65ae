import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { runTestFile } from './run-test-file.ts';

async function run(
  source: string,
  { deadlineMs = 60_000, signal = new AbortController().signal, silenceMs = 60_000 } = {},
) {
  await using folder = await createTempFolder();
  const file = 'some.test.ts';
  await writeFile(join(folder.path, file), `import { test } from 'node:test';\n${source}`);
  const { MARTEAU_TEST_RUN, ...env } = process.env;
  return await runTestFile({ root: folder.path, file, options: [], env, signal, deadlineMs, silenceMs });
}

const waiting = `await new Promise((go) => setTimeout(go, 1e6));`;

test('a file that passes', async () => {
  const result = await run(`test('one', () => {}); test('two', { skip: true }, () => {});`);
  assert.deepEqual(
    { ...result, seconds: 0, output: '' },
    {
      file: 'some.test.ts',
      ok: true,
      tests: 2,
      skipped: 1,
      seconds: 0,
      output: '',
      problems: [],
    },
  );
});

test('a file that fails shows why', async () => {
  const result = await run(`test('one', () => { throw new Error('the reason'); });`);
  assert.equal(result.ok, false);
  assert.deepEqual(result.problems, []);
  assert.match(result.output, /the reason/);
});

test('a file without a test is no success', async () => {
  assert.deepEqual((await run('void test;')).problems, ['It has no test.']);
});

test('a file that hangs is ended, and says which test it was', async () => {
  const result = await run(`test('waits for ever', async () => { ${waiting} });`, { deadlineMs: 2000 });
  assert.equal(result.ok, false);
  assert.match(result.problems.join(), /It was not over after 2 s and was ended/);
  assert.match(result.output, /waits for ever/);
});

test('a file that blocks its thread is killed', async () => {
  const result = await run(`test('one', () => { for (;;); });`, { deadlineMs: 1000 });
  assert.match(result.problems.join(), /It was not over after 1 s and was ended/);
});

test('a file that leaves something open is ended after a while', async () => {
  const result = await run(`test('one', () => {}); setTimeout(() => {}, 1e6);`, { silenceMs: 1000 });
  assert.match(result.problems.join(), /It said nothing for 1 s and was ended/);
  assert.match(result.output, /✔ one/);
});

test('what a file leaves running is named and killed', { skip: process.platform !== 'linux' }, async () => {
  const seconds = `${100_000 + process.pid}.5`;
  const result = await run(`
    import { spawn } from 'node:child_process';
    test('one', () => spawn('sleep', ['${seconds}'], { detached: true, stdio: 'ignore' }).unref());`);
  assert.equal(result.ok, false);
  assert.match(result.problems.join(), new RegExp(`It left processes behind.*sleep ${seconds}`));
});

test('a run that is cut ends its files', async () => {
  const cut = new AbortController();
  const running = run(`test('one', async () => { ${waiting} });`, { signal: cut.signal });
  setTimeout(() => cut.abort(), 500);
  assert.match((await running).problems.join(), /the whole run was asked to end/);
});
