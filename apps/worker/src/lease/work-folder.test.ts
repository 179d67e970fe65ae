import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorkFolder } from '@marteau/launch';
import { purposeOf, workFolderSweep } from './work-folder.ts';

test('removes the folders of dead workers of this installation, and no others', async () => {
  const data = `/data-${process.pid}-${Math.random()}`;
  const dead = await openWorkFolder(purposeOf(data), 'node-1');
  await using alive = await openWorkFolder(purposeOf(data), 'node-10');
  await using elsewhere = await openWorkFolder(purposeOf(`${data}-other`), 'node-1');
  await writeFile(join(dead.path, 'left'), 'over');
  const sweep = workFolderSweep(data, 'node-2');
  assert.deepEqual(await sweep(new Set(['node-10'])), [], 'once may be a mistake');
  assert.equal((await sweep(new Set(['node-10']))).length, 1);
  assert.equal(existsSync(dead.path), false);
  assert.ok(existsSync(alive.path) && existsSync(elsewhere.path));
});

for (const [name, alive] of [
  ['while it is known', new Set(['node-1'])],
  ['before it is known', new Set<string>()],
] as const) {
  test(`removes what is of its own name at once, and what it makes itself never: ${name}`, async () => {
    const data = `/data-${process.pid}-${Math.random()}`;
    await openWorkFolder(purposeOf(data), 'node-1');
    const sweep = workFolderSweep(data, 'node-1');
    assert.equal((await sweep(alive)).length, 1);
    await using own = await openWorkFolder(purposeOf(data), 'node-1');
    for (let i = 0; i < 3; i++) assert.deepEqual(await sweep(alive), []);
    assert.ok(existsSync(own.path));
  });
}

test('is gone once it is disposed of', async () => {
  const path = await (async () => {
    await using folder = await openWorkFolder(purposeOf('/data'), 'n');
    return folder.path;
  })();
  assert.equal(existsSync(path), false);
});
