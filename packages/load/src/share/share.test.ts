import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { readHistograms } from '@marteau/measure';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { cycle, measure, runScript, statsOf } from '../fixtures/run-script.ts';

const hello = `
  import { test } from 'node:test';
  import assert from 'node:assert/strict';
  test('hello', async () => {
    const response = await fetch('/hello');
    assert.equal(response.status, 200);
    assert.match(await response.text(), /hello/);
  });
`;

describe('a share', () => {
  it('runs a plain test file as load and hands in what it measured', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({ script: hello, job: { target: target.url }, steps: [cycle(3)] });
    const requests = statsOf(measurements, 'GET /hello');
    const iterations = statsOf(measurements, 'hello');
    assert.ok(requests.count > 10);
    assert.ok(Math.abs(requests.count - iterations.count) <= 3);
    assert.equal(requests.errors + iterations.errors, 0);
    assert.deepEqual(requests.outcomes, { 200: requests.count });
    const { time } = requests;
    assert.equal(readHistograms([time.histogram]).count, time.count);
    assert.ok(time.min <= time.sum / time.count && time.sum / time.count <= time.max);
    assert.ok(target.seen.requests >= requests.count);
    assert.equal(target.seen.connections, 3);
    assert.deepEqual(measurements.failures, []);
    assert.equal(measurements.stopped, false);
  });

  it('has a thread for each core but one, where nobody says otherwise', async () => {
    const script =
      "import { test } from 'node:test'; test('waits', () => new Promise((done) => setTimeout(done, 5)));";
    const iterations = { count: 4, per: 'all' } as const;
    const { generator } = await measure({
      script,
      job: { threads: undefined as never },
      steps: [cycle(4, { iterations })],
    });
    assert.equal(generator.threads, Math.max(1, availableParallelism() - 1));
    assert.equal(
      generator.each?.reduce((sum, { started }) => sum + started, 0),
      4,
    );
  });

  it('starts users spread over the ramp, and records only what finishes in the window', async () => {
    await using target = await startTargetServer();
    const { measurements, messages } = await runScript({
      script: hello,
      job: { target: target.url },
      steps: [cycle(4, { rampMs: 1000, durationMs: 2000 })],
    });
    const [step] = measurements!.steps;
    assert.deepEqual([step?.begin, step?.end, step?.complete], [1000, 3000, true]);
    const ticks = messages.filter((message) => message.type === 'tick');
    assert.deepEqual(ticks.map(({ second, recording }) => [second, recording]).slice(0, 3), [
      [0, false],
      [1, true],
      [2, true],
    ]);
    const ticked = ticks
      .filter(({ recording }) => recording)
      .reduce((sum, { requests }) => sum + requests, 0);
    const { count, peak } = statsOf(measurements!, 'GET /hello');
    assert.equal(ticked, count);
    assert.ok(target.seen.requests > count);
    const series = measurements!.labels.find(({ name }) => name === 'GET /hello')!.series;
    assert.deepEqual(
      series.map(({ at }) => at),
      [1000, 2000],
    );
    assert.equal(Math.max(...series.map((point) => point.count)), peak);
  });

  it('runs cycle after cycle, and joins the users in between', async () => {
    await using target = await startTargetServer();
    const steps = [cycle(1), cycle(3, { index: 1 }), cycle(2, { index: 2, recorded: false })];
    const measurements = await measure({ script: hello, job: { target: target.url }, steps });
    assert.equal(measurements.steps.length, 3);
    for (const [i, { begin, end, plan }] of measurements.steps.entries()) {
      assert.equal(plan.index, i);
      assert.ok(i === 0 || begin >= measurements.steps[i - 1]!.end);
      assert.equal(end - begin, 1000);
    }
    assert.ok(statsOf(measurements, 'GET /hello', 0).count > 0);
    assert.ok(statsOf(measurements, 'GET /hello', 1).count > 0);
    assert.throws(() => statsOf(measurements, 'GET /hello', 2));
  });

  it('says in which step it is, also while nothing comes to an end', async () => {
    await using target = await startTargetServer();
    const script = "import { test } from 'node:test'; test('hang', () => fetch('/hang'));";
    const { measurements, messages } = await runScript({
      script,
      job: { target: target.url },
      steps: [cycle(1, { rampMs: 0 }), cycle(1, { index: 1, rampMs: 0, durationMs: 2000 })],
    });
    const ticks = messages.filter((message) => message.type === 'tick');
    assert.deepEqual(
      ticks.slice(0, 3).map(({ step }) => step),
      [0, 1, 1],
    );
    assert.deepEqual(
      measurements!.load.slice(0, 3).map(({ step }) => step),
      [0, 1, 1],
    );
  });

  it('counts what is unfinished when the window ends, with its age', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      test('hang', async (t) => {
        await t.test('in vain', () => fetch('/hang'));
      });
    `;
    const measurements = await measure({ script, job: { target: target.url }, steps: [cycle(2)] });
    for (const name of ['GET /hang', 'hang', 'hang > in vain']) {
      const { count, unfinished, oldestUnfinished } = statsOf(measurements, name);
      assert.deepEqual([count, unfinished], [0, 2]);
      assert.ok(oldestUnfinished >= 900_000 && oldestUnfinished < 1_500_000, `${name}: ${oldestUnfinished}`);
    }
  });

  it('counts a body that still comes, and not as one that has hung since its request', async () => {
    await using target = await startTargetServer();
    const script =
      "import { test } from 'node:test'; test('hears', async () => { await (await fetch('/chunked?chunks=9999&ms=20')).text(); });";
    const steps = [cycle(2, { durationMs: 2500 })];
    const measurements = await measure({ script, job: { target: target.url }, steps });
    const { unfinished, oldestUnfinished } = statsOf(measurements, 'GET /chunked');
    assert.equal(unfinished, 2);
    assert.ok(oldestUnfinished < 1_000_000, `${oldestUnfinished}`);
  });

  it('counts what outlives its iteration: bodies that nobody reads, answers that nobody waits for', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      test('reads no body', async () => { await fetch('/chunked?chunks=3&ms=20'); });
      test('waits for nothing', () => { fetch('/slow?ms=30'); fetch('/status/503'); });
    `;
    const iterations = { count: 6, per: 'user' } as const;
    const measurements = await measure({
      script,
      job: { target: target.url },
      steps: [cycle(2, { rampMs: 0, durationMs: 20_000, iterations })],
    });
    assert.equal(statsOf(measurements, 'GET /chunked').count, 6);
    assert.equal(statsOf(measurements, 'GET /slow').count, 6);
    assert.equal(target.seen.requests, 18);
    assert.ok(statsOf(measurements, 'GET /chunked').time.min >= 40_000);
    const [error] = measurements.failures;
    assert.deepEqual(
      [error?.test, error?.message, error?.count],
      ['waits for nothing', '503 Service Unavailable', 6],
    );
  });

  it('stops when it is told to, and keeps what was measured', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: hello,
      job: { target: target.url },
      steps: [cycle(2, { durationMs: 600_000 }), cycle(2, { index: 1 })],
      meanwhile: async (share, messages) => {
        await waitUntil('a recorded second', () =>
          messages.some((message) => message.type === 'tick' && message.recording),
        );
        share.stop();
      },
    });
    assert.equal(measurements.stopped, true);
    assert.equal(measurements.steps.length, 1);
    assert.equal(measurements.steps[0]?.complete, false);
    assert.ok(statsOf(measurements, 'GET /hello').count > 0);
  });
});
