// The disk of the back-up is full: a real one, a small tmpfs, which only who may mount has.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAdmin } from '@marteau/admin';
import { createTempFolder } from '@marteau/testkit';
import { mountSmallDisk } from './small-disk.ts';

test('a back-up for which there is no room says so, and leaves the former one whole', async (t) => {
  await using folder = await createTempFolder();
  const place = join(folder.path, 'back-up');
  await mkdir(place);
  const disk = await mountSmallDisk(place, 8);
  if ('refused' in disk) return t.skip(disk.refused);
  await using _ = disk;
  const data = join(folder.path, 'data');
  await mkdir(join(data, 'projects'), { recursive: true });
  await writeFile(join(data, 'projects/p1.json'), '{}');
  const admin = async (env: Record<string, string>, ...argv: string[]) => {
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    return { code: await runAdmin(argv, { env, cwd: tmpdir(), say }), said: said.join('\n') };
  };
  const env = { MARTEAU_DATA: data };
  assert.equal((await admin(env, 'backup', place)).code, 0);
  await writeFile(join(data, 'projects/large'), randomBytes(20e6));
  const full = await admin(env, 'backup', place);
  assert.equal(full.code, 1);
  assert.match(full.said, /^The disk of the folder .* is full, so the back-up was not finished; the earlier/);
  assert.ok(!(await readdir(place)).some((name) => name.startsWith('.writing-')));
  assert.match((await admin(env, 'verify', place)).said, /^The back-up \S+ is whole\.$/);
  const restored = join(folder.path, 'restored');
  assert.equal((await admin({ MARTEAU_DATA: restored }, 'restore', place)).code, 0);
  assert.deepEqual(await readdir(join(restored, 'projects')), ['p1.json']);
});
