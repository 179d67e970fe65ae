import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { lockFacts, locksOf } from './facts.ts';

const placesOf = (tree: string, wdir = tree) => ({ tree, wdir, home: tree, temp: tree });

test('lock files of wdir and of the root are told by name and hash', async () => {
  await using folder = await createTempFolder();
  const wdir = join(folder.path, 'load');
  await mkdir(wdir);
  assert.deepEqual(lockFacts(await locksOf(placesOf(folder.path, wdir))), {});
  await writeFile(join(folder.path, 'uv.lock'), 'version = 1\n');
  await writeFile(join(wdir, 'package-lock.json'), '{}');
  // printf '{}' | sha256sum; printf 'version = 1\n' | sha256sum
  assert.deepEqual(lockFacts(await locksOf(placesOf(folder.path, wdir))), {
    'Lock file': 'load/package-lock.json sha256 44136fa355b3, uv.lock sha256 dbab12665d98',
  });
});

test('other packages are another hash, and a link to a file elsewhere is none', async () => {
  await using folder = await createTempFolder();
  const path = join(folder.path, 'package-lock.json');
  await writeFile(path, '{"packages":{}}');
  const before = lockFacts(await locksOf(placesOf(folder.path)));
  await writeFile(path, '{"packages":{"undici":{}}}');
  assert.notDeepEqual(lockFacts(await locksOf(placesOf(folder.path))), before);
  await symlink('/etc/passwd', join(folder.path, 'yarn.lock'));
  assert.doesNotMatch(lockFacts(await locksOf(placesOf(folder.path)))['Lock file']!, /yarn/);
});
