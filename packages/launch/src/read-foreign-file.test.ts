import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readForeignFile } from './read-foreign-file.ts';

describe('a file of strangers', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marteau-foreign-'));
    await writeFile(at('plain'), 'NAME=value\n');
    await symlink(at('plain'), at('link'));
    await mkdir(at('deep/er'), { recursive: true });
    await writeFile(at('deep/er/file'), 'deep');
    await symlink(folder, at('aside'));
    execFileSync('mkfifo', [at('pipe')]);
  });
  after(() => rm(folder, { recursive: true }));

  test('is read up to the bound', async () => {
    assert.equal((await readForeignFile(at('plain'), 11))?.toString(), 'NAME=value\n');
  });

  test('is read below its root, however deep', async () => {
    assert.equal((await readForeignFile(at('deep/er/file'), 11, folder))?.toString(), 'deep');
    assert.equal(await readForeignFile(at('deep/other/file'), 11, folder), null);
  });

  test('is never one of another folder, however often one is put in the place of its own', async () => {
    const other = await mkdtemp(join(tmpdir(), 'marteau-foreign-'));
    await mkdir(join(other, 'er'));
    await writeFile(join(other, 'er/file'), 'SECRET');
    let over = false;
    const swapping = (async () => {
      while (!over) {
        await rename(at('deep'), at('moved'));
        await symlink(other, at('deep'));
        await rm(at('deep'));
        await rename(at('moved'), at('deep'));
      }
    })();
    for (let i = 0; i < 300; i++) {
      const read = await readForeignFile(at('deep/er/file'), 11, folder).catch(() => null);
      assert.ok(read === null || read.toString() === 'deep');
    }
    over = true;
    await swapping;
    await rm(other, { recursive: true });
  });

  test('that is not there is null', async () => {
    assert.equal(await readForeignFile(at('nothing'), 10), null);
  });

  const refused: [what: string, path: () => string, sentence: RegExp][] = [
    ['is too large', () => at('plain'), /^is larger than 10 B$/],
    ['is a link', () => at('link'), /^is a link$/],
    ['is a pipe that nobody writes to', () => at('pipe'), /^is not a plain file$/],
    ['is a device without an end', () => '/dev/zero', /^is not a plain file$/],
    ['lies in a folder that is a link', () => at('aside/plain'), /^cannot be opened \(ENOTDIR\)$/],
    ['leads out of its root', () => at('../x'), /^is a link$/],
    ['is a folder', () => folder, /^is not a plain file$/],
    ['lies in no folder', () => join(at('plain'), 'x'), /^cannot be opened \(ENOTDIR\)$/],
  ];
  for (const [what, path, message] of refused)
    test(`that ${what} is refused`, async () => {
      const root = path().startsWith(folder) || what.includes('root') ? folder : undefined;
      await assert.rejects(readForeignFile(path(), 10, root), { name: 'Error', message });
    });
});
