import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { sweepReads } from './read-file.ts';

test('what a killed process left is removed; a living one keeps its folder, and nothing else is touched', async () => {
  await using temp = await createTempFolder();
  const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await Promise.all([once(killed, 'spawn'), once(living, 'spawn')]);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temp.path;
  try {
    const dead = `marteau-read-${killed.pid}.aaaaaa`;
    const own = `marteau-read-${process.pid}.bbbbbb`;
    const kept = [
      `marteau-read-${living.pid}.cccccc`,
      'marteau-read-x',
      'marteau-read-x.dddddd',
      'something-else',
    ];
    for (const name of [dead, own, ...kept]) await mkdir(join(temp.path, name));
    await writeFile(join(temp.path, dead, 'pack'), 'half');
    assert.deepEqual((await sweepReads()).sort(), [dead, own].sort());
    assert.deepEqual((await readdir(temp.path)).sort(), kept.sort());
  } finally {
    living.kill('SIGKILL');
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});
