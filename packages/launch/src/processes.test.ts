import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { proc, ps } from './processes.ts';

const sources = [
  ['/proc', proc, existsSync('/proc/self/environ')],
  ['ps', ps, existsSync('/bin/ps')],
] as const;

for (const [name, source, isHere] of sources) {
  describe(`processes from ${name}`, { skip: !isHere && 'not on this machine' }, () => {
    it('are found by a variable, and known apart by their start', async () => {
      const value = randomUUID();
      const child = spawn('sleep', ['1000'], {
        env: { ...process.env, OTHER: 'x y', MARTEAU_SOUGHT: value },
      });
      await once(child, 'spawn');
      const found = source.processesWith('MARTEAU_SOUGHT').filter((one) => one.value === value);
      assert.deepEqual(found, [{ pid: child.pid, value }]);
      const start = source.startOf(child.pid!);
      assert.match(String(start), /^[\w-]+$/);
      assert.equal(source.startOf(child.pid!), start);
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      assert.equal(source.startOf(child.pid!), undefined);
      assert.deepEqual(
        source.processesWith('MARTEAU_SOUGHT').filter((one) => one.value === value),
        [],
      );
    });
  });
}
