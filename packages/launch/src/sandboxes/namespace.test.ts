import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { markProcesses, waitUntil } from '@marteau/testkit';
import { launch } from '../launch.ts';
import { pidNamespace, userNamespace } from './namespace.ts';

for (const sandbox of [pidNamespace, userNamespace]) {
  describe(sandbox.name, { skip: !sandbox.isAvailable() && 'not permitted on this machine' }, () => {
    it('ends a program that holds PID 1, which should end with it', async () => {
      await using mark = markProcesses();
      const program = launch(
        {
          file: 'sleep',
          args: ['1000'],
          cwd: '/',
          env: { PATH: '/usr/bin:/bin', ...mark.env },
          signal: new AbortController().signal,
        },
        sandbox,
      );
      const init = await waitUntil('PID 1', () => childOf(program.pid!));
      await waitUntil('the program', () => childOf(init));
      process.kill(init, 'SIGSTOP');
      assert.equal((await program.stop({ graceMs: 1 })).cause, 'stopped');
      assert.deepEqual(mark.alive(), []);
    });

    it('lets nothing outside of the namespace see the environment of the program', async () => {
      const env = { PATH: '/usr/bin:/bin', LD_PRELOAD: '', LD_LIBRARY_PATH: '/nowhere' };
      await using program = launch(
        { file: 'sleep', args: ['1000'], cwd: '/', env, signal: new AbortController().signal, graceMs: 0 },
        sandbox,
      );
      await waitUntil('the program', () => childOf(childOf(program.pid!)!));
      assert.equal(readFileSync(`/proc/${program.pid}/environ`, 'latin1'), '');
      const inside = readFileSync(`/proc/${childOf(childOf(program.pid!))}/environ`, 'latin1');
      assert.deepEqual(
        new Set(inside.split('\0').filter(Boolean)),
        new Set(Object.entries(env).map((pair) => pair.join('='))),
      );
    });

    it('leaves no word of its own in the output of a program that is killed', async () => {
      const program = launch(
        { file: 'sleep', args: ['1000'], cwd: '/', env: {}, signal: new AbortController().signal },
        sandbox,
      );
      let written = '';
      program.stderr.on('data', (chunk) => {
        written += String(chunk);
      });
      await waitUntil('the program', () => childOf(childOf(program.pid!)!));
      const exit = await program.stop({ graceMs: 0 });
      assert.deepEqual([exit.code, exit.signal, written], [137, 'SIGKILL', '']);
    });
  });
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0]);
}
