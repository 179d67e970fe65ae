import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { launchPlainly } from '../fixtures/launch-plainly.ts';
import { plainOptions } from '../fixtures/run-script.ts';
import { checkScript } from './check-script.ts';

async function check(script: string) {
  await using folder = await createTempFolder();
  await writeFile(join(folder.path, 'script.test.ts'), script);
  const job = { root: folder.path, wdir: '.', script: 'script.test.ts', test: null, target: null, env: {} };
  const options = { launch: launchPlainly, signal: AbortSignal.timeout(60_000) };
  return await checkScript({ ...job, options: plainOptions, secrets: [] }, options);
}

describe('checking a script', () => {
  it('lists its tests with their lines, and runs none', async () => {
    const script = [
      "import { describe, test } from 'node:test';",
      "console.log('loaded');",
      "test('one', () => process.kill(process.pid));",
      "describe('suite', () => {",
      "  test.skip('two', () => {});",
      '});',
    ].join('\n');
    assert.deepEqual(await check(script), {
      tests: [
        { name: 'one', fullName: 'one', skipped: false, source: 'script.test.ts:3:1' },
        { name: 'two', fullName: 'suite > two', skipped: true, source: 'script.test.ts:5:8' },
      ],
      shared: null,
    });
  });

  it('says what is wrong with it', async () => {
    const checked = await check("import 'node:test';\nnull.x;");
    assert.match(
      'error' in checked ? checked.error.message : '',
      /threw at script\.test\.ts:2:6 .*Cannot read properties of null/,
    );
  });
});
