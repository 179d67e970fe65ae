import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { openDiskBed } from '../fixtures/places.ts';

test('damage is noticed by who reads; a tree is one file', async () => {
  await using bed = await openDiskBed();
  const { tree } = await bed.trees.put(Readable.from([Buffer.from('hello')]));
  assert.deepEqual(await readdir(join(bed.root, 'trees')), [tree]);
  await writeFile(join(bed.root, 'trees', tree), 'hellO');
  await assert.rejects(buffer((await bed.trees.get(tree))!), { code: 'tree-damaged' });
});
