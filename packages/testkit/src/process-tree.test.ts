import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { descendantsOf, isAlive, markProcesses } from './process-tree.ts';
import { waitUntil } from './wait-until.ts';

test('finds children, grandchildren, and those that left the family', async () => {
  await using mark = markProcesses();
  const child = spawn('sh', ['-c', 'sleep 60 & setsid sleep 61 & wait'], {
    env: { ...process.env, ...mark.env },
    detached: true,
  });
  const pid = child.pid as number;

  const sleepers = await waitUntil('both sleepers to be there', () => {
    const found = descendantsOf(pid).filter(({ command }) => command.startsWith('sleep'));
    return found.length === 2 && found;
  });
  assert.equal(mark.alive().length, 3);
  assert.ok(isAlive(pid));
  await assert.rejects(mark.assertNoneLeft(10), /Still alive: .*sleep 60/);

  process.kill(pid, 'SIGKILL');
  await waitUntil('the parent to be gone', () => !isAlive(pid));
  assert.deepEqual(descendantsOf(pid), []);
  assert.deepEqual(
    mark
      .alive()
      .map((left) => left.pid)
      .sort(),
    sleepers.map((sleeper) => sleeper.pid).sort(),
  );
  for (const sleeper of sleepers) process.kill(sleeper.pid, 'SIGKILL');
});
