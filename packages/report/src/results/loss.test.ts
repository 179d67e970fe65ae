import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aRun } from '@marteau/testkit/a-run';
import { cycles } from '../fixtures/plans.ts';
import { thresholds } from '../fixtures/scenarios/input.ts';
import { scriptMetrics } from '../fixtures/script-metrics.ts';
import { shop } from '../fixtures/shop.ts';
import { simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from './build-results.ts';

const plan = cycles([10, 20], 40);
const simulation = {
  seed: 3,
  startedAt: '2026-11-21T09:29:58.004Z',
  plan,
  labels: shop,
  perUser: 6,
  shares: 3,
  more: { metrics: scriptMetrics(80, 1) },
};
const whole = simulate(simulation);

/** The results when the third node was lost at some second. */
function lostAt(second: number, ...sources: string[]) {
  return buildResults({
    run: aRun(),
    file: null,
    plan,
    thresholds: thresholds(...sources),
    measurements: mergeMeasurements(whole.slice(0, 2)),
    lost: [{ node: 'forge-3', at: second * 1000 + 400 }],
  });
}

describe('a node that was lost', () => {
  test('when most was recorded takes only what came after it', () => {
    const { judgement, steps, requests, load } = lostAt(72, 'p95 < 1s', 'requests >= 400/s at 20 users');
    assert.equal(judgement?.verdict, 'pass', judgement?.reason);
    assert.match(
      judgement!.reason,
      /forge-3 was lost 1m 12s into the load, when 88 % was recorded: judged up to then/,
    );
    assert.deepEqual(
      steps.map(({ end, complete }) => [Math.round(end / 100) * 100, complete]),
      [
        [41_000, true],
        [72_000, false],
      ],
    );
    assert.deepEqual([requests!.throughput.count.length, load.series!.users.length], [72, 72]);
    assert.equal(load.recordedSeconds, 70);
    const kept = requests!.throughput.count.slice(42).reduce((sum, count) => sum + count, 0);
    assert.equal(steps[1]!.requests.count, kept);
  });

  test('leaves rates that stand for all nodes', () => {
    const all = buildResults({
      run: aRun(),
      file: null,
      plan,
      thresholds: thresholds('requests >= 1/s'),
      measurements: mergeMeasurements(whole),
    });
    const wanted = all.judgement!.thresholds[0]!.steps.map(({ measured }) => measured!);
    const found = lostAt(72, 'requests >= 1/s').judgement!.thresholds[0]!.steps.map(
      ({ measured }) => measured!,
    );
    found.forEach((rate, i) => {
      assert.ok(Math.abs(rate / wanted[i]! - 1) < 0.05, `${rate} for ${wanted[i]}`);
    });
  });

  test('cuts metrics of the script, too', () => {
    const [before] = lostAt(72).metrics!;
    assert.equal(before!.steps[0]!.count, 2 * 20 * 30);
  });

  test('before that makes the run invalid', () => {
    const { judgement, steps } = lostAt(50, 'p95 < 1s');
    assert.equal(judgement?.verdict, 'invalid');
    assert.match(judgement!.reason, /1 of 3 nodes was lost/);
    assert.equal(steps.length, 2);
  });

  test('with the app on it takes what came after it, too, and makes the run invalid when that was most', () => {
    const lost = (second: number) =>
      buildResults({
        run: aRun(),
        file: null,
        plan,
        thresholds: thresholds('p95 < 1s', 'requests >= 500/s at 20 users'),
        measurements: mergeMeasurements(whole),
        lost: [{ node: 'forge-4', at: second * 1000 + 400, app: true }],
      }).judgement!;
    assert.match(
      lost(72).reason,
      /The node forge-4, on which the app ran, was lost 1m 12s into the load, when 88 % was recorded: judged up to then\./,
    );
    assert.equal(lost(72).verdict, 'pass', lost(72).reason);
    assert.equal(lost(30).verdict, 'invalid');
    assert.match(
      lost(30).reason,
      /forge-4, on which the app ran, was lost 30s into the load, and the target/,
    );
    assert.equal(lost(-8).verdict, 'invalid');
  });
});
