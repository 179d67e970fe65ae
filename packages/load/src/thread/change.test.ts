import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EngineMessage, Measurements } from '@marteau/measure';
import type { LoadChange, Stage } from '@marteau/shared';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { cycle, measure, statsOf } from '../fixtures/run-script.ts';
import type { RunningShare } from '../index.ts';

const script = "import { test } from 'node:test'; test('hello', () => fetch('/slow?ms=20'));";

/** Asks for changes once a stage is running. */
function changing(...asked: Omit<LoadChange, 'second'>[]) {
  return async (share: RunningShare, messages: readonly EngineMessage[]): Promise<void> => {
    const begun = () => messages.find((each) => each.type === 'stage');
    await waitUntil('a stage begins', () => begun() !== undefined);
    for (const [number, change] of asked.entries()) share.change(number, { second: 2, ...change });
  };
}

const stagesOf = ({ steps }: Measurements) =>
  steps.map(({ plan, complete }) => [plan.index, plan.name, complete]);

describe('a load that somebody changes', () => {
  test('users come and go, and both parts are stages of their own', async () => {
    await using target = await startTargetServer();
    const steps: Stage[] = [cycle(2, { rampMs: 0, durationMs: 5000 })];
    const job = { target: target.url, threads: 2 };
    const measurements = await measure({ script, job, steps, meanwhile: changing({ users: 6 }) });
    assert.deepEqual(stagesOf(measurements), [
      [0, '2 users', true],
      [1, '6 users (changed)', true],
    ]);
    assert.equal(Math.max(...measurements.load.map(({ users }) => users)), 6);
    const [few, many] = measurements.steps.map(({ plan, begin, end }) => {
      return statsOf(measurements, 'hello', plan.index).count / (end - begin);
    });
    assert.ok(many! > 1.5 * few!, `${many} against ${few}`);
    assert.match(measurements.notes.join(), /the load was changed: 6 users in place of 2/);
  });

  test('a rate, and then the stage is left for the next one', async () => {
    await using target = await startTargetServer();
    const open = { model: 'open', users: null, maxUsers: 50, rampMs: 0 } as const;
    const steps: Stage[] = [
      cycle(0, { ...open, name: 'first', rate: { from: 20, to: 20 }, durationMs: 60_000 }),
      cycle(0, { ...open, name: 'last', index: 1, rate: { from: 30, to: 30 }, durationMs: 1000 }),
    ];
    const meanwhile = async (share: RunningShare, messages: readonly EngineMessage[]) => {
      await changing({ rate: 100 })(share, messages);
      await waitUntil('the change', () =>
        messages.some((each) => each.type === 'stage' && each.stage.index === 2),
      );
      share.change(1, { second: 0, skip: true });
    };
    const measurements = await measure({ script, job: { target: target.url, threads: 2 }, steps, meanwhile });
    const starts = measurements.steps.map(({ plan, begin, end, starts }) => [
      plan.name,
      Math.round(((starts?.planned ?? 0) * 1000) / (end - begin)),
    ]);
    assert.deepEqual(starts, [
      ['first', 20],
      ['100/s (changed)', 100],
      ['last', 30],
    ]);
  });

  test('what cannot be done is said, and the load goes on', async () => {
    await using target = await startTargetServer();
    const steps: Stage[] = [cycle(1, { rampMs: 0, durationMs: 3000 })];
    const meanwhile = changing({ rate: 5 });
    const measurements = await measure({ script, job: { target: target.url }, steps, meanwhile });
    assert.deepEqual(stagesOf(measurements), [[0, '1 users', true]]);
    assert.match(measurements.notes.join(), /was not changed as somebody asked: the stage 1 users has users/);
  });
});
