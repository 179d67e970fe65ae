import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, startTargetServer, waitUntil } from '@marteau/testkit';
import { cycle, runScript, statsOf } from '../fixtures/run-script.ts';

describe('a process that is frozen', () => {
  it('goes on when it is thawed, and does not take its threads for stuck', {
    skip: process.platform === 'linux' ? false : 'processes are found by /proc',
  }, async () => {
    await using target = await startTargetServer();
    const before = new Set(childrenHere());
    const { measurements, error } = await runScript({
      script: "import { test } from 'node:test'; test('hello', () => fetch('/slow?ms=10'));",
      job: { target: target.url, limits: { stuckMs: 2000 } },
      steps: [cycle(2, { durationMs: 7000 })],
      meanwhile: async (_share, messages) => {
        await waitUntil('a second', () => messages.some(({ type }) => type === 'tick'));
        const [child] = childrenHere().filter((pid) => !before.has(pid));
        process.kill(child!, 'SIGSTOP');
        await sleep(4000);
        process.kill(child!, 'SIGCONT');
      },
    });
    assert.equal(error, null);
    assert.ok(statsOf(measurements!, 'hello').count > 10);
    assert.equal(statsOf(measurements!, 'hello').errors, 0);
  });
});

function childrenHere(): number[] {
  return descendantsOf(process.pid).map(({ pid }) => pid);
}
