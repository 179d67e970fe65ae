import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { lockDataFolder } from './lock.ts';

const holder = join(import.meta.dirname, '../fixtures/lock-holder.ts');

async function hold(folder: string) {
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    said,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('one service per folder; a released lock is free', async () => {
  await using temp = await createTempFolder();
  const lock = await lockDataFolder(join(temp.path, 'new'));
  await assert.rejects(lockDataFolder(join(temp.path, 'new')), (error: Error) => {
    assert.match(error.message, new RegExp(`process ${process.pid}\\)`));
    return (error as Error & { code: string }).code === 'data-folder-locked';
  });
  await lock.release();
  await (await lockDataFolder(join(temp.path, 'new'))).release();
  assert.deepEqual(await readdir(join(temp.path, 'new')), []);
});

test('the lock of a killed process is taken over, by one alone', async () => {
  await using temp = await createTempFolder();
  const first = await hold(temp.path);
  assert.equal(first.said, 'locked');
  const second = await hold(temp.path);
  assert.equal(second.said, 'data-folder-locked');
  await Promise.all([first.kill(), second.kill()]);

  const many = await Promise.all(Array.from({ length: 6 }, () => hold(temp.path)));
  const said = many.map((one) => one.said).sort();
  await Promise.all(many.map((one) => one.kill()));
  assert.deepEqual(said, [...Array(5).fill('data-folder-locked'), 'locked']);
});

test('a pid that was given to another process does not hold the lock', async () => {
  await using temp = await createTempFolder();
  const lock = await lockDataFolder(temp.path);
  const file = join(temp.path, 'service.lock');
  const owner = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...owner, process: `${process.pid}@1`, token: 'another' }));
  const mine = await lockDataFolder(temp.path);
  await lock.release();
  await assert.rejects(
    lockDataFolder(temp.path),
    { code: 'data-folder-locked' },
    'an old release frees nothing',
  );
  await mine.release();
});

test('the lock of another machine, or of this one by its old name, stands; the sentence names the file', async () => {
  await using temp = await createTempFolder();
  const file = join(temp.path, 'service.lock');
  await writeFile(file, JSON.stringify({ host: 'old-name', process: '42@1', token: 'theirs' }));
  await assert.rejects(lockDataFolder(temp.path), (error: Error & { code: string }) => {
    assert.equal(error.code, 'data-folder-locked');
    assert.match(error.message, /machine old-name \(process 42\)/);
    assert.ok(error.message.includes(`removing ${file} is safe`));
    return true;
  });
  await rm(file);
  await (await lockDataFolder(temp.path)).release();
});

test('a damaged lock file holds nobody up', async () => {
  await using temp = await createTempFolder();
  await writeFile(join(temp.path, 'service.lock'), '{"hos');
  await (await lockDataFolder(temp.path)).release();
});
