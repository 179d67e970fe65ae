import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseFile, resolveFile } from '@marteau/file';
import { createTempFolder } from '@marteau/testkit';
import { readRec } from './rec/read-rec.ts';
import { modes } from './standin/options.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/record-and-replay.md'), 'utf8');

test('the guide has a row for every mode', () => {
  for (const mode of modes) assert.match(guide, new RegExp(`^\\| ${mode} \\| `, 'm'));
});

test("the guide's .marteau.yml has no mistake", () => {
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(guide) ?? [];
  const { file, problems } = parseFile(Buffer.from(yaml));
  assert.deepEqual(problems, []);
  assert.deepEqual(resolveFile(file!).problems, []);
});

const [, tape = ''] = /```\n(# 2026.*?)```/s.exec(guide) ?? [];

test("the guide's tape can be read", () => {
  const { exchanges, notes } = readRec(Buffer.from(tape), 'guide');
  assert.deepEqual(notes, []);
  assert.equal(exchanges[0]!.answer.body.toString(), '{"id": 123}');
});

test("the guide's test passes with the guide's tape", async () => {
  await using folder = await createTempFolder();
  const [, shown = ''] = /```ts\n(import assert.*?)\ntest\('both'/s.exec(guide) ?? [];
  const ours = pathToFileURL(join(import.meta.dirname, 'index.ts'));
  await writeFile(join(folder.path, 'send.test.ts'), shown.replace("'@marteau/replay'", `'${ours}'`));
  await writeFile(join(folder.path, 'test_send.rec'), tape);
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', 'send.test.ts'], {
    cwd: folder.path,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  assert.match(stdout, /pass 1\b/);
});
