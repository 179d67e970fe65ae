import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Measurements } from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { cycle, measure, metricOf, statsOf } from '../fixtures/run-script.ts';

function arrivals(from: number, to: number, more: Partial<Stage> = {}): Stage {
  return cycle(0, {
    model: 'open',
    users: null,
    rate: { from, to },
    maxUsers: 50,
    rampMs: 0,
    durationMs: 2000,
    ...more,
  });
}

const hello = "import { test } from 'node:test'; test('hello', () => fetch('/hello'));";

function total(measurements: Measurements, what: 'offered' | 'started' | 'late' | 'dropped'): number {
  return measurements.load.reduce((sum, point) => sum + point[what], 0);
}

describe('the open model', () => {
  it('starts as many iterations as the rate says, and tells response time from service time', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: hello,
      job: { target: target.url },
      steps: [arrivals(100, 100)],
    });
    assert.equal(measurements.model, 'open');
    assert.equal(total(measurements, 'offered'), 200);
    assert.equal(total(measurements, 'started') + total(measurements, 'dropped'), 200);
    assert.equal(target.seen.byPath.get('/hello'), total(measurements, 'started'));
    for (const name of ['hello', 'GET /hello']) {
      const { time, service, count, unfinished } = statsOf(measurements, name);
      assert.equal(service!.count, count);
      assert.ok(time.sum >= service!.sum);
      assert.ok(count + unfinished <= 200 && count > 150, `${count}`);
    }
    // How late its threads were woken is the error bar of its times.
    const woken = metricOf(measurements, 'wake-up', 'its threads', 'generator')!;
    assert.ok(woken.count > 100 && woken.count <= 200 && woken.sum > 0, `${woken.count}`);
  });

  it('plays traffic minute by minute', async () => {
    await using target = await startTargetServer();
    const traffic = { file: 'day.csv', minutes: [60, 600], gone: 59_000 };
    const measurements = await measure({
      script: hello,
      job: { target: target.url, threads: 2 },
      steps: [arrivals(1, 10, { traffic })],
    });
    // One in the last second of the first minute, ten in the second; when each is due, plan.test.ts shows.
    assert.equal(total(measurements, 'offered'), 11);
  });

  it('drops what no user is left for, and says how much', async () => {
    await using target = await startTargetServer();
    const script = "import { test } from 'node:test'; test('slow', () => fetch('/slow?ms=400'));";
    const measurements = await measure({
      script,
      job: { target: target.url, threads: 2 },
      steps: [arrivals(50, 50, { maxUsers: 4 })],
    });
    const [offered, started, dropped] = [
      total(measurements, 'offered'),
      total(measurements, 'started'),
      total(measurements, 'dropped'),
    ];
    assert.equal(offered, 100);
    assert.equal(started + dropped, 100);
    assert.ok(started >= 8 && started <= 24, `4 users can do 5 each, not ${started}`);
    assert.ok(Math.max(...measurements.load.map(({ users }) => users)) <= 4);
  });

  it('counts from the intended start when the generator itself is held up, and calls such starts late', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      import { held } from './held.ts';
      test('holds all up once', async () => {
        held.passes += 1;
        if (held.passes === 50) for (const end = performance.now() + 400; performance.now() < end; );
        await fetch('/hello');
      });
    `;
    const measurements = await measure({
      script,
      files: { 'held.ts': 'export const held = { passes: 0 };' },
      job: { target: target.url },
      steps: [arrivals(100, 100)],
    });
    assert.ok(total(measurements, 'late') >= 30, `${total(measurements, 'late')} late`);
    const { time, service } = statsOf(measurements, 'GET /hello');
    assert.ok(time.max >= 350_000, `response time ${time.max} µs`);
    assert.ok(time.sum - service!.sum > 3_000_000, 'what waited does not hide behind the service time');
  });

  it('rises and falls evenly over steps that follow each other', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: hello,
      job: { target: target.url },
      steps: [arrivals(0, 100), arrivals(100, 50, { index: 1 }), arrivals(20, 20, { index: 2, maxUsers: 1 })],
    });
    assert.deepEqual(
      measurements.steps.map(({ begin, end }) => [begin, end]),
      [
        [0, 2000],
        [2000, 4000],
        [4000, 6000],
      ],
    );
    assert.equal(total(measurements, 'offered'), 100 + 150 + 40);
    const first = measurements.load[0]!.offered;
    assert.ok(first >= 20 && first <= 30, `a quarter in the first half, not ${first}`);
  });

  it('is divided over shares and threads exactly, also with fewer users than threads', async () => {
    await using target = await startTargetServer();
    const shares = await Promise.all(
      [0, 1, 2].map((index) =>
        measure({
          script: hello,
          job: { target: target.url, threads: 2, share: { index, of: 3 } },
          steps: [arrivals(50, 50, { maxUsers: 4 })],
        }),
      ),
    );
    assert.deepEqual(
      shares.map((share) => total(share, 'offered')),
      [34, 33, 33],
    );
    const started = shares.reduce((sum, share) => sum + total(share, 'started'), 0);
    const dropped = shares.reduce((sum, share) => sum + total(share, 'dropped'), 0);
    assert.equal(started + dropped, 100);
    assert.equal(target.seen.byPath.get('/hello'), started);
  });

  it('drops the start for whom a user could not come', async () => {
    const script = `
      import { before, test } from 'node:test';
      before(() => { throw new Error('no way in'); });
      test('never', () => {});
    `;
    const measurements = await measure({ script, steps: [arrivals(10, 10, { maxUsers: 3 })] });
    assert.equal(total(measurements, 'offered'), 20);
    assert.equal(total(measurements, 'dropped'), 20);
    assert.equal(measurements.failures[0]?.message, 'no way in');
  });

  it('has nobody serve who could not come, also while others wait to be served', async () => {
    await using target = await startTargetServer();
    const script = `
      import { before, test } from 'node:test';
      // On an object that all users share, as their own globals are not.
      before(() => { Math.came = (Math.came ?? 0) + 1; if (Math.came > 1) throw new Error('no way in'); });
      test('hang', () => fetch('/hang'));
    `;
    const measurements = await measure({
      script,
      job: { target: target.url },
      steps: [arrivals(10, 10, { maxUsers: 4 })],
    });
    assert.deepEqual(
      measurements.failures.map(({ message }) => message),
      ['no way in'],
    );
    assert.deepEqual([total(measurements, 'offered'), total(measurements, 'dropped')], [20, 19]);
    assert.equal(statsOf(measurements, 'hang').unfinished, 1);
  });

  it('counts what hangs as unfinished, from its intended start', async () => {
    await using target = await startTargetServer();
    const script = "import { test } from 'node:test'; test('hang', () => fetch('/hang'));";
    const measurements = await measure({
      script,
      job: { target: target.url },
      steps: [arrivals(10, 10, { maxUsers: 5 })],
    });
    const { count, unfinished, oldestUnfinished } = statsOf(measurements, 'hang');
    assert.deepEqual([count, unfinished, total(measurements, 'dropped')], [0, 5, 15]);
    assert.ok(oldestUnfinished >= 1_990_000 && oldestUnfinished <= 2_100_000, `${oldestUnfinished}`);
  });

  it('stops when it is told to', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: hello,
      job: { target: target.url },
      steps: [arrivals(50, 50, { durationMs: 600_000 })],
      meanwhile: async (share, messages) => {
        await waitUntil('a second', () => messages.some((message) => message.type === 'tick'));
        share.stop();
      },
    });
    assert.equal(measurements.stopped, true);
    assert.ok(statsOf(measurements, 'hello').count > 10);
    assert.ok(measurements.steps[0]!.end < 60_000);
  });
});
