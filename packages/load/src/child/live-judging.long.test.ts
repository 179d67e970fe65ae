import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { ResolvedFile } from '@marteau/file';
import { parseThreshold } from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import { againWhenLoud, startTargetServer } from '@marteau/testkit';
import { cycle, measure, runScript, statsOf } from '../fixtures/run-script.ts';

function thresholds(...sources: string[]): ResolvedFile['stopIf'] {
  return sources.map((source) => {
    const parsed = parseThreshold(source);
    if ('mistake' in parsed) throw new Error(parsed.mistake.what);
    return parsed.threshold;
  });
}

function rates(...all: number[]): Stage[] {
  return all.map((rate, index) => ({
    ...cycle(0),
    index,
    name: `${rate}/s`,
    model: 'open',
    users: null,
    rate: { from: rate, to: rate },
    maxUsers: 100,
    rampMs: 0,
    durationMs: 2000,
  }));
}

/** Answers at once as long as no more than so many ask in a second, and after 300 ms whoever is beyond. */
async function startLimited(perSecond: number): Promise<AsyncDisposable & { url: string }> {
  const recent: number[] = [];
  const server = createServer((_, response) => {
    const now = performance.now();
    recent.push(now);
    while (recent[0]! < now - 1000) recent.shift();
    setTimeout(() => response.end('ok'), recent.length > perSecond ? 300 : 0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('stopIf', () => {
  it('ends the load once it is true, keeps what was measured, and says why', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      test('broken', async () => {
        await fetch('/status/503');
        await new Promise((done) => setTimeout(done, 20));
      });
    `;
    const { measurements, messages } = await runScript({
      script,
      job: { target: target.url },
      steps: [cycle(2, { durationMs: 600_000 }), cycle(4, { index: 1 })],
      options: { stopIf: thresholds('errors > 50% over 3s') },
    });
    const { stopped, stoppedBy, steps } = measurements!;
    assert.equal(stopped, true);
    assert.equal(stoppedBy?.threshold, 'errors > 50% over 3s');
    assert.equal(stoppedBy?.sentence, 'errors 100 % (stopIf: errors > 50% over 3s)');
    assert.deepEqual(
      steps.map(({ plan, complete }) => [plan.index, complete]),
      [[0, false]],
    );
    assert.ok(steps[0]!.end < 60_000);
    assert.ok(statsOf(measurements!, 'GET /status/:id').errors > 10);
    assert.ok(messages.some((message) => message.type === 'stopped'));
    assert.deepEqual(
      messages.flatMap((message) => (message.type === 'stage' ? [[message.stage.index, message.phase]] : [])),
      [
        [0, 'begin'],
        [0, 'end'],
      ],
    );
  });

  it('that is never true changes nothing', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: "import { test } from 'node:test'; test('hello', () => fetch('/hello'));",
      job: { target: target.url },
      options: { stopIf: thresholds('errors > 50% over 1s', 'p95 > 30s') },
    });
    assert.equal(measurements.stopped, false);
    assert.equal(measurements.stoppedBy, undefined);
  });
});

describe('find', () => {
  const script = "import { test } from 'node:test'; test('hello', () => fetch('/'));";
  const load = { kind: 'find', while: thresholds('p90 < 150ms', 'errors < 1%') } as const;
  const search = (options: Parameters<typeof measure>[0]) =>
    againWhenLoud(
      () => measure(options),
      ({ search: found }) => found?.sentence,
    );

  it('tries rising rates until one breaks, then those in between, and says what it found', async () => {
    await using target = await startLimited(90);
    const measurements = await search({
      script,
      job: { target: target.url },
      steps: rates(20, 40, 80, 160, 320),
      options: { load },
    });
    const { search: found } = measurements;
    const rising = found!.probes.slice(0, 4).map(({ rate, outcome }) => [rate, outcome]);
    assert.deepEqual(rising, [
      [20, 'held'],
      [40, 'held'],
      [80, 'held'],
      [160, 'broke'],
    ]);
    assert.ok(found!.holds! >= 80 && found!.holds! <= 110, found!.sentence);
    assert.ok(found!.breaks! > found!.holds! && found!.breaks! <= 125, found!.sentence);
    assert.match(
      found!.sentence,
      /^Holds \d+(\.\d)?\/s\. Breaks at \d+(\.\d)?\/s: p90 \d+ ms \(wanted < 150 ms\)\.$/,
    );
    const tried = measurements.steps.map(({ plan }) => [plan.index, plan.name]);
    assert.deepEqual(
      tried.map(([index]) => index),
      found!.probes.map(({ step }) => step),
    );
    assert.equal(new Set(tried.map(([index]) => index)).size, tried.length);
    for (const { step } of found!.probes) assert.ok(statsOf(measurements, 'hello', step).count > 20);
  });

  it('says so when all that was tried held', async () => {
    await using target = await startLimited(1000);
    const { search: found } = await search({
      script,
      job: { target: target.url },
      steps: rates(10, 15),
      options: { load },
    });
    assert.equal(found?.sentence, 'Holds 15/s, the most that was tried.');
  });

  it('tells a generator that cannot keep up from a target that breaks, and says what to do', async () => {
    const computes = `
      import { test } from 'node:test';
      test('computes', () => { for (const end = performance.now() + 20; performance.now() < end; ); });`;
    const { search: found, generator } = await measure({
      script: computes,
      steps: rates(200),
      options: { load },
    });
    assert.equal(found!.probes[0]?.outcome, 'saturated');
    assert.match(
      found!.sentence,
      /^At 200\/s already the generator, not the target, was the limit\. A search/,
    );
    assert.match(found!.sentence, /run that rate as a stage of load: over several nodes/);
    assert.notDeepEqual(generator.limits, []);
  });

  it('says so when nothing holds', async () => {
    await using target = await startLimited(1);
    const { search: found } = await search({
      script,
      job: { target: target.url },
      steps: rates(20, 40),
      options: { load },
    });
    assert.match(found!.sentence, /^Breaks at 20\/s already: p90/);
  });
});
