import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { totalmem } from 'node:os';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { memoryLimitOf, readTree } from './read-tree.ts';
import { WatchedTree } from './watch-tree.ts';

const skip = process.platform === 'linux' ? false : 'the system does not tell';

test('memory and open files of a program and of what it started are seen', { skip }, async () => {
  const holds = `const kept = Buffer.alloc(100 << 20, 1); setInterval(() => kept.length, 1000)`;
  const shell = spawn(
    'sh',
    ['-c', `"$0" -e '${holds}' & exec 3<&0 4<&0 5<&0 6<&0 7<&0; ulimit -n 12; sleep 60`, process.execPath],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  try {
    const tree = await waitUntil('the memory to be taken', async () => {
      const seen = await readTree(shell.pid!);
      return seen !== null && seen.memory > 100 << 20 && seen.isFull && seen;
    });
    assert.ok(tree.seconds > 0);
    const limit = await memoryLimitOf(shell.pid!);
    assert.ok(limit > 0 && limit <= totalmem());
  } finally {
    process.kill(-shell.pid!, 'SIGKILL');
    await once(shell, 'exit');
  }
  assert.equal(await readTree(shell.pid!), null);
});

test('requests that found no socket make the generator the limit, in whatever words the tool says so', () => {
  for (const outcome of ['EADDRNOTAVAIL', 'Non HTTP response code: java.net.BindException']) {
    const tree = new WatchedTree(0, false, () => {});
    tree.stop();
    const sample = {
      type: 'sample',
      kind: 'request',
      name: 'GET /',
      at: 1500,
      time: 10,
      isError: true,
    } as const;
    tree.heard({ ...sample, outcome: '503' });
    assert.deepEqual(tree.limits(), []);
    tree.heard({ ...sample, outcome });
    assert.deepEqual(
      tree.limits().map(({ code, share }) => [code, share]),
      [['sockets', 1]],
    );
  }
});
