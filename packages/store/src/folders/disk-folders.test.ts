import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { createDiskFolders } from './disk-folders.ts';

const id = 'r1m7y5zas7ebjfdxnyv';

async function open() {
  const temp = await createTempFolder();
  const root = join(temp.path, 'runs');
  return {
    root,
    folders: createDiskFolders(root),
    temp,
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

test('files are put whole, read back, listed and removed', async () => {
  await using bed = await open();
  const folder = bed.folders.of(id);
  assert.deepEqual(await folder.list(), []);
  assert.equal(await folder.text('run.json'), null);
  await folder.put('run.json', '{"v":1}');
  await folder.put('shares/1-0.json', Buffer.from([1, 2, 3]));
  await folder.put('console.log', Readable.from(['one\n', 'two\n']));
  assert.equal(await folder.text('run.json'), '{"v":1}');
  assert.deepEqual(
    (await folder.list()).map(({ name, size }) => [name, size]),
    [
      ['console.log', 8],
      ['run.json', 7],
      ['shares/1-0.json', 3],
    ],
  );
  assert.equal(await bed.folders.size(id), 18);
  assert.deepEqual(await bed.folders.list(), [id]);
  await folder.remove('shares/1-0.json');
  await folder.remove('never.there');
  assert.equal(await folder.open('shares/1-0.json'), null);
  await bed.folders.remove(id);
  await bed.folders.remove(id);
  assert.deepEqual(await bed.folders.list(), []);
});

test('a range is both ends included', async () => {
  await using bed = await open();
  const folder = bed.folders.of(id);
  await folder.put('a.txt', '0123456789');
  const read = async (range?: { start: number; end?: number }) => {
    const file = await folder.open('a.txt', range);
    assert.equal(file?.size, 10);
    return String(Buffer.concat(await file!.stream.toArray()));
  };
  assert.deepEqual(
    [await read({ start: 2, end: 4 }), await read({ start: 7 }), await read()],
    ['234', '789', '0123456789'],
  );
});

test('readers see the old file or the new one, and a put that fails leaves the old', async () => {
  await using bed = await open();
  const folder = bed.folders.of(id);
  await folder.put('a.txt', 'old');
  async function* half() {
    yield 'half of the ';
    assert.equal(await folder.text('a.txt'), 'old');
    throw new Error('the source broke');
  }
  await assert.rejects(folder.put('a.txt', Readable.from(half())), /the source broke/);
  assert.equal(await folder.text('a.txt'), 'old');
  assert.deepEqual(await readdir(join(bed.root, id)), ['a.txt']);
});

for (const name of [
  '../run.json',
  'a/../../x',
  '/etc/passwd',
  '',
  '.',
  '..',
  'a//b',
  '.hidden',
  'a/.b',
  'a\\b',
  'a b',
  'a\0b',
  'a/b/c/d',
  'ü',
  'x'.repeat(200),
])
  test(`no file is called ${JSON.stringify(name).slice(0, 30)}`, async () => {
    await using bed = await open();
    await assert.rejects(async () => bed.folders.of(id).put(name, ''), { code: 'bad-file-name' });
    await assert.rejects(
      async () =>
        bed.folders
          .of(id)
          .put('a', '')
          .then(() => bed.folders.of(id).open(name)),
      { code: 'bad-file-name' },
    );
  });

test('no run has another shape of id', async () => {
  await using bed = await open();
  for (const odd of ['..', '', '../x', 'r1', `${id}/..`])
    assert.throws(() => bed.folders.of(odd), { code: 'bad-file-name' });
});

test('nothing is followed through a symbolic link', async () => {
  await using bed = await open();
  const outside = join(bed.temp.path, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'secret.txt'), 'secret');
  const folder = bed.folders.of(id);
  await folder.put('real.txt', 'real');
  await symlink(join(outside, 'secret.txt'), join(bed.root, id, 'link.txt'));
  await symlink(outside, join(bed.root, id, 'dir'));
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
  await symlink(outside, join(bed.root, other));
  assert.equal(await bed.folders.of(other).open('secret.txt'), null);
  assert.deepEqual(await bed.folders.of(other).list(), []);
  await bed.folders.remove(other);
  assert.deepEqual(await readdir(outside), ['secret.txt']);
  // a folder and a pipe are no files either
  assert.equal(await folder.open('dir'), null);
});
