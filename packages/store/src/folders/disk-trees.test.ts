import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { createDiskTrees } from './disk-trees.ts';

const archive = (text: string) => Readable.from([Buffer.from(text)]);
const hello = 'sha256-2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

test('the same bytes have the same address and are kept once', async () => {
  await using temp = await createTempFolder();
  const trees = createDiskTrees(join(temp.path, 'trees'));
  assert.equal(await trees.has(hello), false);
  assert.equal(await trees.get(hello), null);
  assert.deepEqual(await trees.put(archive('hello')), { tree: hello, size: 5 });
  assert.deepEqual(await trees.put(archive('hello')), { tree: hello, size: 5 });
  assert.equal(await trees.has(hello), true);
  assert.equal(String(await buffer((await trees.get(hello))!)), 'hello');
  assert.deepEqual(await readdir(join(temp.path, 'trees')), [hello]);
});

test('damage is noticed by who reads', async () => {
  await using temp = await createTempFolder();
  const trees = createDiskTrees(temp.path);
  await trees.put(archive('hello'));
  await writeFile(join(temp.path, hello), 'hellO');
  await assert.rejects(buffer((await trees.get(hello))!), { code: 'tree-damaged' });
});

test('an address is checked', async () => {
  await using temp = await createTempFolder();
  const trees = createDiskTrees(temp.path);
  for (const odd of ['../x', '', 'sha256-00', hello.toUpperCase()])
    await assert.rejects(async () => trees.get(odd), { code: 'bad-file-name' });
});

test('what was not used goes by age, then the least recently used by size', async () => {
  await using temp = await createTempFolder();
  let now = Date.parse('2026-11-21T00:00:00Z');
  const trees = createDiskTrees(temp.path, () => now);
  const kept: string[] = [];
  for (const text of ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'dddddddddd']) {
    const { tree } = await trees.put(archive(text));
    kept.push(tree);
    await buffer((await trees.get(tree))!);
    now += 1000;
  }
  await buffer((await trees.get(kept[0]!))!); // used again
  now += 1000;
  assert.deepEqual(await trees.expire({ maxAgeMs: 3500, maxBytes: 100 }), { removed: 1, bytes: 10 });
  assert.equal(await trees.has(kept[1]!), false);
  assert.deepEqual(await trees.expire({ maxAgeMs: 60_000, maxBytes: 15 }), { removed: 2, bytes: 20 });
  assert.equal(await trees.has(kept[0]!), true);
});
