import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOAD_TEST_AGAINST_STAGING } from '../examples.fixture.ts';
import { parseFile } from './parse.ts';
import { parseFileOffThread } from './parse-off-thread.ts';

const hostile = ']'.repeat(32_000);

test('another thread reads the same', async () => {
  assert.deepEqual(await parseFileOffThread(LOAD_TEST_AGAINST_STAGING), parseFile(LOAD_TEST_AGAINST_STAGING));
  assert.deepEqual(await parseFileOffThread(Buffer.from('durration: 1')), parseFile('durration: 1'));
});

test('a hostile document is ended at its deadline, and the next file is read', async () => {
  const { file, problems } = await parseFileOffThread(hostile, { deadlineMs: 5 });
  assert.equal(file, null);
  assert.equal(problems[0]?.what, 'reading the file took longer than 5 ms');
  assert.deepEqual(await parseFileOffThread('script: a.ts'), { file: { script: 'a.ts' }, problems: [] });
});

test('files asked for at once are all answered, also beside a hostile one', async () => {
  const names = ['a.ts', 'b.ts', 'c.ts'];
  const [late, ...others] = await Promise.all([
    parseFileOffThread(hostile, { deadlineMs: 5 }),
    ...names.map((name) => parseFileOffThread(`script: ${name}`)),
  ]);
  assert.equal(late?.file, null);
  assert.deepEqual(
    others.map(({ file }) => file?.script),
    names,
  );
});
