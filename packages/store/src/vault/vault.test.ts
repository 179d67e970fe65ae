import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { createVault } from './vault.ts';

test('what is sealed is opened for what it is about alone, also after the key was rotated, and not without it', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'data', 'secrets.key');
  const vault = createVault(file);
  const sealed = await vault.seal('s3cret ü', 'project p1 TOKEN');
  assert.ok(!sealed.includes('s3cret'));
  const changed = sealed.replace(/.(?=.{9}$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
  assert.notEqual(await vault.seal('s3cret ü', 'project p1 TOKEN'), sealed);
  assert.equal(await createVault(file).open(sealed, 'project p1 TOKEN'), 's3cret ü');
  await assert.rejects(vault.open(sealed, 'project p2 TOKEN'), { code: 'sealed-elsewhere' });
  await assert.rejects(vault.open(changed, 'project p1 TOKEN'), {
    code: 'sealed-elsewhere',
  });
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(await vault.isOld(sealed), false);
  await vault.rotate();
  assert.equal(await vault.isOld(sealed), true);
  assert.equal(await vault.open(sealed, 'project p1 TOKEN'), 's3cret ü');
  assert.equal((await readFile(file, 'utf8')).trim().split('\n').length, 2);
  await rm(file);
  await assert.rejects(vault.open(sealed, 'project p1 TOKEN'), /cannot be read on this machine/);
});

test('of many that begin at once, and rotate at once, nothing that was sealed is lost', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'secrets.key');
  const vaults = Array.from({ length: 8 }, () => createVault(file));
  const sealed = await Promise.all(vaults.map((vault, n) => vault.seal(`text ${n}`, 'a')));
  await Promise.all([1, 2, 3].map(() => vaults[0]!.rotate()));
  for (const [n, text] of sealed.entries()) assert.equal(await vaults[0]!.open(text, 'a'), `text ${n}`);
  assert.equal((await readFile(file, 'utf8')).trim().split('\n').length, 4);
  assert.deepEqual(await readdir(folder.path), ['secrets.key']);
});
