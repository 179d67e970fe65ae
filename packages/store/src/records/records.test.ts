import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { Type } from 'typebox';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';
import { defaultRules } from '../ledger/rules.ts';
import { defineScripts } from '../redis/scripts.ts';
import { createRecords } from './records.ts';

const Note = Type.Object({ v: Type.Literal(1), words: Type.Array(Type.String()) });
const note = (...words: string[]) => ({ v: 1 as const, words });
const HASH = 'marteau:1:records:notes';

describe('small records: files are the record, Redis has the copy', () => {
  let bed: Testbed;
  before(async () => {
    bed = await openTestbed();
  });
  after(async () => bed[Symbol.asyncDispose]());

  /** As another process would, with another connection. @param folder a machine's own, else that of the test */
  async function open(folder: string) {
    const redis = bed.raw.duplicate();
    const format = { schema: Note, version: 1, upgrades: {} };
    const records = createRecords(
      { redis, script: defineScripts(redis, defaultRules) },
      { hash: HASH, folder, format },
    );
    return { ...records, [Symbol.dispose]: () => redis.disconnect() };
  }

  async function ground() {
    await bed.raw.flushall();
    const temp = await createTempFolder();
    const folder = join(temp.path, 'notes');
    const fileOf = (id: string) => join(folder, `${id}.json`);
    return {
      folder,
      fileOf,
      onDisk: async (id: string) => JSON.parse(await readFile(fileOf(id), 'utf8')),
      [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
    };
  }

  test('one is put, read, listed and removed; its file is for the owner alone', async () => {
    await using at = await ground();
    using records = await open(at.folder);
    assert.equal(await records.get('a'), null);
    await records.put('a', note('one'));
    assert.deepEqual((await records.get('a'))?.words, ['one']);
    assert.equal((await stat(at.fileOf('a'))).mode & 0o777, 0o600);
    assert.deepEqual(await at.onDisk('a'), { v: 1, words: ['one'], revision: 0 });
    await records.put('b', note('two'));
    assert.deepEqual((await records.list()).records.map(({ words }) => words.join()).sort(), ['one', 'two']);
    await records.remove('a');
    await records.remove('nobody');
    assert.equal(await records.get('a'), null);
    assert.equal(await records.has('a'), false);
    assert.deepEqual(await readdir(at.folder), ['b.json']);
    await records.put('a', note('again'));
    assert.deepEqual((await records.get('a'))?.words, ['again']);
  });

  test('what cannot be an id is none, and names no file', async () => {
    await using at = await ground();
    using records = await open(at.folder);
    await records.put('a', note('one'));
    for (const id of ['', '.', '../notes/a', 'a.json', 'a/../a', 'x'.repeat(65)]) {
      assert.equal(await records.get(id), null, id);
      await assert.rejects(records.put(id, note()), /is no id/, id);
    }
    assert.deepEqual(await readdir(at.folder), ['a.json']);
  });

  test('two processes that change one at once lose nothing, in Redis or on the disk', async () => {
    await using at = await ground();
    using one = await open(at.folder);
    using two = await open(at.folder);
    const words = Array.from({ length: 40 }, (_, i) => `w${i}`);
    await Promise.all(
      words.map((word, i) => (i % 2 ? one : two).change('a', (was) => note(...(was?.words ?? []), word))),
    );
    assert.deepEqual((await one.get('a'))?.words.toSorted(), words.toSorted());
    assert.equal(await bed.raw.hget(HASH, 'a'), await readFile(at.fileOf('a'), 'utf8'));
  });

  test('an emptied Redis is filled again from the files, and one is found before that, too', async () => {
    await using at = await ground();
    using records = await open(at.folder);
    for (const id of ['a', 'b', 'c']) await records.put(id, note(id));
    await records.remove('c');
    await bed.raw.flushall();
    assert.deepEqual((await records.get('a'))?.words, ['a']);
    assert.deepEqual(await records.fill(), []);
    assert.deepEqual((await records.list()).records.map(({ words }) => words.join()).sort(), ['a', 'b']);
  });

  test('the newer of file and copy holds: a Redis that lost its last changes, a file that a crash kept old', async () => {
    await using at = await ground();
    using records = await open(at.folder);
    await records.put('a', note('first'));
    const [copy, file] = [await bed.raw.hget(HASH, 'a'), await readFile(at.fileOf('a'))];
    await records.put('a', note('second'));
    await bed.raw.hset(HASH, 'a', copy!);
    await records.fill();
    assert.deepEqual((await records.get('a'))?.words, ['second']);
    await writeFile(at.fileOf('a'), file);
    await records.fill();
    assert.deepEqual((await at.onDisk('a')).words, ['second']);
  });

  test('what was removed does not come back from the folder of another machine', async () => {
    await using at = await ground();
    await using elsewhere = await createTempFolder();
    using here = await open(at.folder);
    using there = await open(elsewhere.path);
    await there.put('a', note('old'));
    await here.put('a', note('new'));
    await there.fill();
    assert.deepEqual((await there.get('a'))?.words, ['new']);
    await here.remove('a');
    await there.fill();
    assert.equal(await there.get('a'), null);
    assert.deepEqual(await readdir(elsewhere.path), []);
  });

  test('a damaged or newer one is named, is left as it is, and holds again once it is mended', async () => {
    await using at = await ground();
    using records = await open(at.folder);
    await records.put('good', note('good'));
    const wrong = {
      cut: ['{"v":1,"wor', /notes\/cut\.json does not fit its schema: .*Restore it from a back-up\.$/],
      odd: ['{"v":1,"words":1,"revision":3}', /notes\/odd\.json does not fit its schema: \/words /],
      newer: ['{"v":2,"text":"x"}', /notes\/newer\.json was written by a newer Marteau \(data version 2\)/],
    } as const;
    for (const [id, [text]] of Object.entries(wrong)) await writeFile(at.fileOf(id), text);
    await bed.raw.flushall();
    const filled = await records.fill();
    const listed = await records.list();
    assert.deepEqual(listed.wrong.toSorted(), filled.toSorted());
    assert.equal(filled.length, 3);
    assert.deepEqual(
      listed.records.map(({ words }) => words),
      [['good']],
    );
    for (const [id, [text, says]] of Object.entries(wrong)) {
      assert.ok(
        filled.some((why) => says.test(why)),
        id,
      );
      await assert.rejects(records.get(id), says);
      await assert.rejects(
        records.change(id, () => note('over it')),
        says,
      );
      assert.equal(await records.has(id), true);
      assert.equal(await readFile(at.fileOf(id), 'utf8'), text);
    }
    await writeFile(at.fileOf('odd'), '{"v":1,"words":["mended"],"revision":3}');
    await records.fill();
    assert.deepEqual((await records.get('odd'))?.words, ['mended']);
    await rm(at.fileOf('cut'));
    await records.put('cut', note('anew'));
    assert.deepEqual((await at.onDisk('cut')).words, ['anew']);
  });
});
