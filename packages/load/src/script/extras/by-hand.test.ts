import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { cycle, runScript } from '../../fixtures/run-script.ts';

const entry = new URL('./by-hand.ts', import.meta.url).href;
/** The package as a project installs it. */
const installed = {
  'node_modules/marteau/package.json': '{"name": "marteau", "type": "module", "exports": "./index.js"}',
  'node_modules/marteau/index.js': `export * from ${JSON.stringify(entry)};`,
};

interface Tried {
  readonly passed: boolean;
  readonly stdout: string;
}

/** Runs a project's tests as a person does. */
async function tryByHand(
  files: Record<string, string>,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<Tried> {
  await using folder = await createTempFolder();
  for (const [path, text] of Object.entries({ ...installed, ...files })) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  const { NODE_TEST_CONTEXT: _, ...env } = { ...process.env, ...more };
  const options = { cwd: folder.path, env, timeout: 30_000 };
  return await promisify(execFile)(process.execPath, ['--test-reporter=tap', ...args], options).then(
    ({ stdout }) => ({ passed: true, stdout }),
    ({ stdout }: { stdout: string }) => ({ passed: false, stdout }),
  );
}

const script = `
  import assert from 'node:assert/strict';
  import { test } from 'node:test';
  import { check, counter, data, iteration, label, think, trend, user, weight } from 'marteau';
  for (const name of ['anna', 'bert']) {
    test('logs in as ' + name, weight(2), async (t) => {
      assert.equal((await fetch('/me')).status, 401);
      await t.test('with the form', () => fetch('/login', { method: 'POST' }));
      assert.equal((await label('who', () => fetch('/me'))).status, 200);
      await think(process.env.MARTEAU_TARGET ? 0 : 60_000);
      counter('logins').add();
      trend('time', 'ms').add(1);
      assert.match(data('people').name, /^(anna|bert)$/);
      assert.equal(check('is nobody', false), false);
      console.log('> ' + user() + ' ' + iteration());
    });
  }
`;
const people = 'name\nanna\nbert\n';

describe('a test that uses the extras', () => {
  for (const way of ['--import marteau --test', '--test']) {
    it(`passes under node ${way}, with the target, the cookies and the data of the file`, async () => {
      await using target = await startTargetServer();
      const file = `script: a.test.mjs\ntarget: ${target.url}\ndata: {people: people.csv}\n`;
      const { passed, stdout } = await tryByHand(
        { '.marteau.yml': file, 'people.csv': people, 'a.test.mjs': script },
        [...way.split(' '), 'a.test.mjs'],
      );
      assert.ok(passed, stdout);
      assert.match(stdout, /> 0 0[\s\S]*> 0 1/);
      assert.match(stdout, /check: is nobody did not hold/);
    });
  }

  it('passes unchanged as load', async () => {
    await using target = await startTargetServer();
    const { measurements, stderr } = await runScript({
      files: { 'a.test.mjs': script, 'people.csv': people },
      job: { script: 'a.test.mjs', target: target.url },
      options: { data: { people: { file: 'people.csv', per: 'iteration', order: 'circular' } } },
      steps: [cycle(2, { rampMs: 0, iterations: { count: 1, per: 'user' } })],
    });
    assert.ok(measurements, stderr);
    assert.deepEqual(measurements.metrics?.map(({ name }) => name).sort(), ['is nobody', 'logins', 'time']);
  });

  it('is not in the way of one that uses none', async () => {
    await using target = await startTargetServer();
    const plain = `
      import assert from 'node:assert/strict';
      import { test } from 'node:test';
      test('plain', async () => assert.equal((await fetch('/hello')).status, 200));`;
    const { passed, stdout } = await tryByHand(
      { 'deep/a.test.mjs': plain },
      ['--import', 'marteau', '--test', 'deep/a.test.mjs'],
      { MARTEAU_TARGET: target.url },
    );
    assert.ok(passed, stdout);
  });

  it('is told what is wrong with the file', async () => {
    const { passed, stdout } = await tryByHand({ '.marteau.yml': 'scirpt: a\n', 'a.test.mjs': script }, [
      '--test',
      'a.test.mjs',
    ]);
    assert.equal(passed, false);
    assert.match(stdout, /unknown field 'scirpt'/);
  });
});
