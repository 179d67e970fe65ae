import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { openDiskBed } from '../fixtures/places.ts';

const id = 'r1m7y5zas7ebjfdxnyv';

test('a put that fails leaves nothing behind', async () => {
  await using bed = await openDiskBed();
  async function* half() {
    yield 'half of the ';
    throw new Error('the source broke');
  }
  await assert.rejects(bed.folders.of(id).put('a.txt', Readable.from(half())), /the source broke/);
  assert.deepEqual(await readdir(join(bed.root, 'runs', id)), []);
});

test('nothing is followed through a symbolic link', async () => {
  await using bed = await openDiskBed();
  const outside = join(bed.root, 'outside');
  const runs = join(bed.root, 'runs');
  await mkdir(outside);
  await writeFile(join(outside, 'secret.txt'), 'secret');
  const folder = bed.folders.of(id);
  await folder.put('real.txt', 'real');
  await symlink(join(outside, 'secret.txt'), join(runs, id, 'link.txt'));
  await symlink(outside, join(runs, id, 'dir'));
  assert.equal(await folder.open('link.txt'), null);
  assert.equal(await folder.open('dir/secret.txt'), null);
  await assert.rejects(folder.put('dir/new.txt', 'x'), /symbolic link/);
  assert.deepEqual(
    (await folder.list()).map(({ name }) => name),
    ['real.txt'],
  );
  await folder.put('link.txt', 'mine now');
  assert.equal(await folder.text('link.txt'), 'mine now');
  assert.deepEqual(await readdir(outside), ['secret.txt']);

  const other = 'r1m7y5zas7ebjfdxnyw';
  await symlink(outside, join(runs, other));
  assert.equal(await bed.folders.of(other).open('secret.txt'), null);
  assert.deepEqual(await bed.folders.of(other).list(), []);
  await bed.folders.remove(other);
  assert.deepEqual(await readdir(outside), ['secret.txt']);
  // a folder and a pipe are no files either
  assert.equal(await folder.open('dir'), null);
});
