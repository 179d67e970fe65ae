import assert from 'node:assert/strict';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { readTape } from './read-tape.ts';

test('a file of 1 GB is refused with a sentence, before it fills the memory', async () => {
  await using folder = await createTempFolder();
  for (const name of ['big.rec', 'big.har']) {
    const file = join(folder.path, name);
    await writeFile(file, 'GET / HTTP/1.1\n');
    await truncate(file, 1e9);
    const before = process.memoryUsage.rss();
    assert.throws(() => readTape(file), /has 1\.00 GB, and a tape may have 400 MB\. Record less at a time/);
    assert.ok(process.memoryUsage.rss() - before < 200e6);
  }
});

test('HAR is known by its looks, too; bodies are read from beside it and from nowhere else', async () => {
  await using folder = await createTempFolder();
  await writeFile(join(folder.path, 'secret'), 'secret');
  const entries = ['../secret', 'body.txt'].map((_file) => ({
    request: { method: 'GET', url: 'http://a.test/' },
    response: { status: 200, content: { size: 6, _file } },
  }));
  await mkdir(join(folder.path, 'tapes'));
  const file = join(folder.path, 'tapes/session.json');
  await writeFile(file, JSON.stringify({ log: { entries } }));
  await writeFile(join(folder.path, 'tapes/body.txt'), 'inside');
  const { exchanges, notes } = readTape(file);
  assert.deepEqual(
    exchanges.map(({ answer }) => answer.body.toString()),
    ['', 'inside'],
  );
  assert.match(notes[0]!, /entry 1: the answer's body \(6 bytes\) is not in the file/);
});
