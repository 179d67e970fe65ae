import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { markProcesses } from './process-mark.ts';
import { descendantsOf, isAlive } from './process-tree.ts';
import { createTempFolder } from './temp-folder.ts';
import { waitUntil } from './wait-until.ts';

test('finds children and grandchildren, and by their mark those that left the family', async () => {
  await using mark = markProcesses();
  const child = spawn('sh', ['-c', 'sleep 60 & setsid sleep 61 & wait'], {
    env: { ...process.env, ...mark.env },
  });
  const pid = child.pid as number;

  const sleepers = await waitUntil('both sleepers to be there', () => {
    const found = descendantsOf(pid).filter(({ command }) => command.startsWith('sleep'));
    return found.length === 2 && found;
  });
  assert.ok(isAlive(pid));
  assert.equal(mark.alive().length, 3);
  await assert.rejects(mark.assertNoneLeft(10), /Still alive: .*sleep 60/);

  process.kill(pid, 'SIGKILL');
  await waitUntil('the parent to be gone', () => !isAlive(pid));
  assert.deepEqual(descendantsOf(pid), []);
  assert.deepEqual(pids(mark.alive()), pids(sleepers));
  for (const sleeper of sleepers) process.kill(sleeper.pid, 'SIGKILL');
});

test('finds by its folder what was started with an empty environment', async () => {
  await using folder = await createTempFolder();
  await using mark = markProcesses({ folder: folder.path });
  const child = spawn('sleep', ['60'], { cwd: folder.path, env: { PATH: process.env.PATH } });
  assert.deepEqual(pids(mark.alive()), [child.pid]);
  child.kill('SIGKILL');
});

function pids(found: { pid: number }[]): number[] {
  return found.map(({ pid }) => pid).sort();
}
