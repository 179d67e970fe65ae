import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { effectiveFile, parseFile } from '@marteau/shared';
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
  assert.deepEqual(effectiveFile(file!).problems, []);
});

test("the guide's tape can be read", () => {
  const [, tape = ''] = /```\n(# 2026.*?)```/s.exec(guide) ?? [];
  const { exchanges, notes } = readRec(Buffer.from(tape), 'guide');
  assert.deepEqual(notes, []);
  assert.equal(exchanges[0]!.answer.body.toString(), '{"id": 123}');
});
