import assert from 'node:assert/strict';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createTempFolder } from '@marteau/testkit';
import { setupCache } from './setup-cache.ts';

const of = (project: string, isTrusted = false, mayKeep = true) => ({ project, isTrusted, mayKeep });
const bytes = (content: string) => Readable.from([Buffer.from(content)]);

test('an entry is of one project, and of those that get its secrets or of those that do not', async () => {
  await using folder = await createTempFolder();
  await setupCache(folder.path, of('a')).keep!('k', bytes('of a'), Promise.resolve(true));
  const read = async (whose: ReturnType<typeof of>, key = 'k') => {
    const found = await setupCache(folder.path, whose).read(key);
    return found && text(found);
  };
  assert.equal(await read(of('a', false, false)), 'of a');
  assert.equal(await read(of('a', true)), null);
  assert.equal(await read(of('b')), null);
  assert.equal(await read(of('a'), 'other'), null);
  assert.equal(setupCache(folder.path, of('a', false, false)).keep, undefined);
});

test('what did not come whole is not kept, and leaves an earlier entry as it was', async () => {
  await using folder = await createTempFolder();
  const { keep } = setupCache(folder.path, of('a'));
  await keep!('k', bytes('whole'), Promise.resolve(true));
  await keep!('k', bytes('half'), Promise.resolve(false));
  const broken = new Readable({
    read() {
      this.destroy(new Error('its program was killed'));
    },
  });
  await keep!('k', broken, Promise.resolve(false));
  const [name = '', ...more] = await readdir(folder.path);
  assert.equal(await readFile(join(folder.path, name), 'utf8'), 'whole');
  assert.deepEqual(more, []);
});

test('what was not used for longest goes first', async () => {
  await using folder = await createTempFolder();
  const { keep, read } = setupCache(folder.path, { ...of('a'), mostBytes: 25 });
  for (const key of ['first', 'second']) await keep!(key, bytes('0123456789'), Promise.resolve(true));
  for (const name of await readdir(folder.path)) await utimes(join(folder.path, name), 0, 0);
  await text((await read('first'))!);
  await keep!('third', bytes('0123456789'), Promise.resolve(true));
  const there = await Promise.all(
    ['first', 'second', 'third'].map(async (key) => {
      const found = await read(key);
      if (found) await text(found);
      return found !== null;
    }),
  );
  assert.deepEqual(there, [true, false, true]);
});

test('two that write the same entry at once do not write into one file', async () => {
  await using folder = await createTempFolder();
  const { keep, read } = setupCache(folder.path, of('a'));
  const archives = [new PassThrough(), new PassThrough()];
  const kept = archives.map((archive) => keep!('k', archive, Promise.resolve(true)));
  for (const archive of archives) archive.write('begun ');
  while ((await readdir(folder.path)).length < 2) await setImmediate();
  for (const [i, archive] of archives.entries()) archive.end(`by ${i}`);
  await Promise.all(kept);
  assert.match(await text((await read('k'))!), /^begun by [01]$/);
  assert.equal((await readdir(folder.path)).length, 1);
});
