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
    execFileSync('mkfifo', [at('pipe')]);
  });
  after(() => rm(folder, { recursive: true }));

  test('is read up to the bound', async () => {
    assert.equal((await readForeignFile(at('plain'), 11))?.toString(), 'NAME=value\n');
  });

  test('that is not there is null', async () => {
    assert.equal(await readForeignFile(at('nothing'), 10), null);
  });

  test('is not read where a folder above it is a link, if that is in the hands of strangers', async () => {
    await mkdir(at('work/real'), { recursive: true });
    await writeFile(at('work/real/file'), 'theirs');
    await symlink(folder, at('work/out'));
    assert.equal((await readForeignFile(at('work/real/file'), 10, at('work')))?.toString(), 'theirs');
    const behind = readForeignFile(at('work/out/plain'), 100, at('work'));
    await assert.rejects(behind, { message: 'is behind a link' });
    await rename(at('work'), at('moved'));
    await symlink(at('moved'), at('work'));
    assert.equal((await readForeignFile(at('work/real/file'), 10, at('work')))?.toString(), 'theirs');
  });

  const refused: [what: string, path: () => string, sentence: RegExp][] = [
    ['is too large', () => at('plain'), /^is larger than 10 B$/],
    ['is a link', () => at('link'), /^is a link$/],
    ['is a pipe that nobody writes to', () => at('pipe'), /^is not a plain file$/],
    ['is a device without an end', () => '/dev/zero', /^is not a plain file$/],
    ['is a folder', () => folder, /^is not a plain file$/],
    ['lies in no folder', () => join(at('plain'), 'x'), /^cannot be opened \(ENOTDIR\)$/],
  ];
  for (const [what, path, message] of refused)
    test(`that ${what} is refused`, async () => {
      await assert.rejects(readForeignFile(path(), 10), { name: 'Error', message });
    });
});
