import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultsBeside, noStarts, type Span, type Starts, type Threshold } from '@marteau/measure';
import { atRate, cycles } from '../fixtures/plans.ts';
import { thresholds } from '../fixtures/scenarios/input.ts';
import { scriptMetrics } from '../fixtures/script-metrics.ts';
import { failingShop, shop } from '../fixtures/shop.ts';
import { type Simulation, simulate } from '../fixtures/simulate.ts';
import { socketMetrics } from '../fixtures/socket-metrics.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { totalsOf } from '../merge/totals.ts';
import type { Judgement } from '../schema/judgement.ts';
import { judge } from './judge.ts';

const calm: Simulation = {
  seed: 5,
  startedAt: '2026-11-21T09:29:58.004Z',
  plan: cycles([10, 20], 20),
  labels: shop,
  perUser: 6,
  more: { metrics: scriptMetrics(21) },
};

/** Messages of sockets that come for so many seconds of the second stage. */
const messages = (from: number, seconds: number) => ({ metrics: socketMetrics({ step: 1, from, seconds }) });

function verdictOf(
  simulation: Simulation,
  bounds: readonly Threshold[],
  faults: readonly Span[] = [],
  lose = 0,
  starts: Partial<Starts> = {},
): Judgement {
  const shares = simulate(simulation).map((share) => ({
    ...share,
    steps: share.steps.map((step) => ({ ...step, starts: { ...noStarts, ...starts } })),
  }));
  const merged = mergeMeasurements(shares.slice(lose));
  const steps = merged.steps.filter(({ plan }) => plan.recorded);
  return judge(bounds, { merged, totals: totalsOf(merged), steps, faults, apdexThreshold: 1_500_000 });
}

describe('what was intended and did not happen', () => {
  const ofUsers = (starts: Partial<Starts>, bounds = thresholds('p95 < 10s')) =>
    verdictOf(calm, bounds, [], 0, starts);

  test('more than one per cent of the users never began: fails, whatever the thresholds say', () => {
    const { verdict, reason } = ofUsers({ users: 20, neverBegan: 19 });
    assert.equal(verdict, 'fail');
    assert.match(reason, /^19 of 20 users never began\./);
    assert.equal(ofUsers({ users: 100, neverBegan: 1 }).verdict, 'pass');
  });

  test('more than one per cent of the users could not leave: fails likewise', () => {
    const ofLeaving = (count: number, plan = calm.plan) => {
      const group = {
        kind: 'failure' as const,
        test: 'after',
        hook: 'after' as const,
        label: '',
        message: 'no goodbye',
        source: null,
        sourceText: null,
        count,
        first: 0,
        last: 0,
        byStep: {},
        samples: [],
      };
      return verdictOf({ ...calm, plan, failures: [group] }, thresholds('p95 < 10s'), [], 0, { users: 100 });
    };
    const { verdict, reason } = ofLeaving(9);
    assert.equal(verdict, 'fail');
    assert.match(reason, /^9 of 200 users failed when they left: after.*no goodbye/);
    assert.equal(ofLeaving(2).verdict, 'pass');
    // Those who go on from stage to stage leave once.
    const [first] = calm.plan.steps;
    const inARow = [0, 1, 2, 3, 4].map((index) => ({ ...first!, index, rampMs: index === 0 ? 1000 : 0 }));
    assert.match(ofLeaving(4, { steps: inARow }).reason, /^4 of 100 users failed when they left/);
    assert.equal(ofLeaving(1, { steps: inARow }).verdict, 'pass');
  });

  test('users that failed are failures, beside iterations', () => {
    const bounds = thresholds('failures <= 1');
    assert.equal(ofUsers({ users: 20, userFailures: 1 }, bounds).verdict, 'pass');
    assert.equal(ofUsers({ users: 20, userFailures: 2 }, bounds).verdict, 'fail');
  });

  test('dropped starts are a share of the planned ones, and a default where there are any', () => {
    const bounds = [...thresholds('p95 < 10s'), ...defaultsBeside(thresholds('p95 < 10s'), true)];
    const some = ofUsers({ planned: 1000, dropped: 20 }, bounds);
    assert.deepEqual(
      [some.verdict, some.reason],
      ['fail', 'Dropped 2 % at 10 users (wanted < 1 %); 1 of 4 thresholds failed.'],
    );
    assert.equal(ofUsers({ planned: 1000, dropped: 9 }, bounds).verdict, 'pass');
    const none = ofUsers({}, bounds);
    assert.deepEqual([none.verdict, none.thresholds.length], ['pass', 3]);
    assert.match(none.reason, /^All 3 thresholds held in all 2 stages \(2 of them defaults\)\./);
  });

  test('quick failures are no good answers: a bound of times says how many were errors, and fails where most were', () => {
    const down = { ...calm, labels: failingShop(0.8) };
    const { verdict, thresholds: judged } = verdictOf(
      down,
      thresholds('p95 of "POST /cart" < 10s', 'errors <= 100%', 'failures <= 100%'),
    );
    assert.equal(verdict, 'fail');
    assert.match(
      judged[0]!.sentence,
      /^p95 of "POST \/cart" [\d.]+ ms with \d\d(\.\d)? % errors at \d+ users \(wanted < 10 s\)$/,
    );
    const some = { ...calm, labels: failingShop(0.2) };
    const mild = verdictOf(
      some,
      thresholds('p95 of "POST /cart" < 10s', 'errors <= 100%', 'failures <= 100%'),
    );
    assert.equal(mild.verdict, 'pass');
    assert.match(mild.thresholds[0]!.sentence, / with [\d.]+ % errors /);
  });
});

describe('a threshold', () => {
  const rows: [source: string, outcome: string, sentence: RegExp][] = [
    ['p95 < 300ms', 'ok', /^p95 \d+\.\d ms (at \d+ users )?\(wanted < 300 ms\)$/],
    ['p95 < 1ms', 'fail', /^p95 .* ms at \d+ users \(wanted < 1 ms\)$/],
    ['p99.9 of "GET /" < 1s', 'ok', /^p99\.9 of "GET \/"/],
    ['avg < 100ms', 'ok', /^avg/],
    ['max <= 10s', 'ok', /wanted ≤ 10 s/],
    ['min > 1us', 'ok', /^min/],
    ['errors < 1%', 'ok', /^errors 0 %/],
    ['errors <= 0', 'ok', /^errors 0/],
    ['failures < 1%', 'ok', /^failures 0 %/],
    ['failures of "search" < 1%', 'ok', /^failures of "search" 0 %/],
    ['rate >= 10/s', 'ok', /^rate 6\d(\.\d)?\/s at 10 users/],
    ['rate of "search" < 100/s', 'ok', /^rate of "search"/],
    ['requests >= 100/s', 'ok', /^requests \d+\/s/],
    ['requests > 1000', 'ok', /^requests \d/],
    ['bytes < 1GB', 'ok', /^bytes .* MB/],
    ['bytes > 1MB/s', 'ok', /^bytes .* MB\/s/],
    ['apdex >= 0.9', 'ok', /^apdex 1\.00 .*wanted ≥ 0\.90/],
    ['p95 < 300ms at 20 users', 'ok', /at 20 users/],
    ['p95 of "GET /prodcuts" < 1s', 'absent', /never occurred in this run. Did you mean "GET \/products"\?/],
    ['p95 of "nothing like it" < 1s', 'absent', /never occurred in this run\.$/],
    ['p95 < 300ms during faults', 'absent', /nothing was broken on purpose/],
    ['metric "cart size" < 4', 'ok', /^metric "cart size" 3 at 10 users/],
    ['p95 of metric "cart size" < 2', 'fail', /^p95 of metric "cart size" [4-8]/],
    ['max of metric "cart size" < 50', 'ok', /^max/],
    ['metric "revenue" > 900/s at 10 users', 'ok', /^metric "revenue" 987\/s/],
    ['metric "revenue" > 18000 at 10 users', 'ok', /^metric "revenue" 19\s?740/],
    ['metric "revenue" > 900/s over 5s at 10 users', 'ok', /^metric "revenue"/],
    ['metric "the price has two digits" >= 99%', 'fail', /95 % at 10 users \(wanted ≥ 99 %\)/],
    [
      'metric "cart size" < 50%',
      'unsupported',
      /"cart size" is a trend in plain numbers, which has no such value/,
    ],
    ['p95 of metric "revenue" < 5', 'unsupported', /is a counter, which has no such value/],
    ['metric "card size" < 50', 'absent', /never added to a metric "card size". Did you mean "cart size"\?/],
    ['p95 < 300ms over 5s', 'ok', /^p95/],
    ['p95 < 5ms over 5s', 'fail', /into the load/],
  ];
  for (const [source, outcome, sentence] of rows) {
    test(`${source} → ${outcome}`, () => {
      const judgement = verdictOf(calm, thresholds(source));
      const judged = judgement.thresholds[0]!;
      assert.equal(judged.outcome, outcome, judged.sentence);
      assert.match(judged.sentence, sentence);
      assert.equal(judgement.verdict, outcome === 'ok' ? 'pass' : 'fail');
    });
  }

  test('at a load that no stage had is not judged, and the others decide', () => {
    const said =
      /Not judged, because no stage of this run was at that load: p95 < 1ms at 300 users\. The stages were 10 users, 20 users\.$/;
    const alone = verdictOf(calm, thresholds('p95 < 1ms at 300 users'));
    assert.equal(alone.verdict, 'pass');
    assert.match(alone.reason, /^Both thresholds held in all 2 stages \(the defaults/);
    assert.match(alone.reason, said);
    const beside = verdictOf(calm, thresholds('p95 < 1ms at 300 users', 'p95 < 1ms at 20 users'));
    assert.deepEqual([beside.verdict, beside.thresholds.map(({ outcome }) => outcome)], ['fail', ['fail']]);
    assert.match(beside.reason, said);
  });

  test('is judged in each stage and never over both: the worst decides', () => {
    const slow = { ...calm, plan: cycles([10, 200], 20), contention: 0.05 };
    const { thresholds: judged } = verdictOf(slow, thresholds('p95 < 150ms'));
    assert.deepEqual(
      judged[0]!.steps.map(({ step, ok }) => [step, ok]),
      [
        [0, true],
        [1, false],
      ],
    );
    assert.equal(judged[0]!.step, 1);
    assert.ok(judged[0]!.margin! < 0);
  });

  test('that rests on too few values says so, and is judged all the same', () => {
    const { thresholds: judged } = verdictOf(calm, thresholds('p99.99 < 10s'));
    assert.equal(judged[0]!.outcome, 'ok');
    assert.ok(judged[0]!.steps[0]!.thin! > 1_000);
  });

  test('that holds for the whole stage may fail in a window', () => {
    const outage = { ...calm, plan: atRate(50, 60), outage: { from: 30, to: 34 } };
    const verdicts = ['requests >= 100/s', 'requests >= 100/s over 2s'].map((source) => {
      const { thresholds: judged } = verdictOf(outage, thresholds(source));
      return [judged[0]!.outcome, judged[0]!.steps[0]!.window];
    });
    assert.deepEqual(verdicts, [
      ['ok', null],
      ['fail', { from: 30_000, to: 32_000 }],
    ]);
  });

  test('skips the time of a fault unless it says “during faults”', () => {
    const outage = { ...calm, plan: atRate(50, 60), outage: { from: 30, to: 34 } };
    const faults = [{ from: 30_000, to: 34_000 }];
    const bounds = thresholds('requests >= 180/s over 2s', 'requests < 1/s during faults');
    const judgement = verdictOf(outage, bounds, faults);
    assert.equal(judgement.verdict, 'pass', judgement.reason);
  });
});

describe('the verdict', () => {
  const saturated = {
    limits: [{ code: 'cpu', sentence: 'a thread had 97 % of its processor. Use more nodes.', share: 0.5 }],
  };
  const rows: [name: string, verdict: string, simulation: Partial<Simulation>, string[], reason: RegExp][] = [
    [
      'defaults hold',
      'pass',
      {},
      [],
      /^Both thresholds held in all 2 stages \(the defaults: the file has none\)/,
    ],
    [
      'defaults fail',
      'fail',
      { labels: failingShop(0.2) },
      [],
      /^Failures 1\d(\.\d+)? % at \d+ users \(wanted < 1 %\)/,
    ],
    [
      'one of three fails',
      'fail',
      {},
      ['p95 < 1ms', 'p99 < 9s', 'errors < 1%'],
      /; 1 of 3 thresholds failed\.$/,
    ],
    ['all fail', 'fail', {}, ['p95 < 1ms', 'p99 < 1ms'], /; none of the 2 thresholds held\.$/],
    [
      'saturated, all held',
      'invalid',
      saturated,
      ['p95 < 9s'],
      /^The generator, not the target.*Use more nodes\.$/,
    ],
    ['saturated, latency failed', 'invalid', saturated, ['p95 < 1ms'], /^The generator/],
    ['saturated, rate failed', 'invalid', saturated, ['requests > 1000000/s'], /^The generator/],
    [
      'saturated, errors failed',
      'fail',
      { ...saturated, labels: failingShop(0.2) },
      ['p95 < 1ms', 'errors < 1%'],
      /^Errors .* %/,
    ],
    [
      'saturated for a moment',
      'pass',
      { limits: [{ code: 'cpu', sentence: 'busy', share: 0.04 }] },
      ['p95 < 9s'],
      /held/,
    ],
    [
      'nothing finished',
      'fail',
      { perUser: 0 },
      ['p95 < 9s'],
      /^No iteration finished within a stage: the stage \(20 s\) is too short/,
    ],
    ['nothing finished, defaults', 'fail', { perUser: 0 }, [], /^No iteration finished/],
    [
      'stood still to the end',
      'fail',
      { outage: { from: 34, to: 60 } },
      ['p95 < 9s', 'errors < 1%'],
      /^The target stood still: nothing finished in the last \d+ s at 20 users, while \d+ requests waited; \w+ \S+ for \S+ s, which had taken .* at most\.$/,
    ],
    ['streams to the end', 'pass', { outage: { from: 34, to: 60 }, more: messages(22, 20) }, [], /held/],
    [
      'streamed for a while and stood still',
      'fail',
      { outage: { from: 34, to: 60 }, more: messages(22, 14) },
      ['p95 < 9s', 'errors < 1%'],
      /^The target stood still: nothing finished in the last 6 s/,
    ],
    ['stood still in the middle', 'pass', { outage: { from: 25, to: 30 } }, ['p95 < 9s'], /held/],
    ['stopped before recording', 'fail', { stopAfter: 1 }, [], /^Nothing was recorded/],
    ['stopped', 'pass', { stopAfter: 11 }, [], /stopped early and judged by the 10 s that were recorded\.$/],
  ];
  for (const [name, verdict, changes, sources, reason] of rows) {
    test(`${name}: ${verdict}`, () => {
      const judgement = verdictOf({ ...calm, ...changes }, thresholds(...sources));
      assert.equal(judgement.verdict, verdict, judgement.reason);
      assert.match(judgement.reason, reason);
    });
  }

  test('a target that stands still because of a fault is judged by what else there was', () => {
    const simulation = { ...calm, outage: { from: 34, to: 60 } };
    const fault = { from: 34_000, to: 60_000 };
    assert.equal(verdictOf(simulation, thresholds('p95 < 9s'), [fault]).verdict, 'pass');
  });

  test('a lost node: invalid', () => {
    const judgement = verdictOf({ ...calm, shares: 3 }, thresholds('p95 < 9s'), [], 1);
    assert.equal(judgement.verdict, 'invalid');
    assert.match(judgement.reason, /^1 of 3 nodes was lost/);
  });
});

describe('a load that the file itself ended', () => {
  const stoppedBy = {
    threshold: 'p95 > 1s',
    metric: 'p95',
    at: 15_000,
    sentence: 'p95 1.2 s (stopIf: p95 > 1s)',
  };
  const stopped = { ...calm, stopAfter: 15, more: { stoppedBy } };

  test('failed, and says by what', () => {
    const { verdict, reason } = verdictOf(stopped, []);
    assert.deepEqual([verdict, reason], ['fail', 'Stopped by the file: p95 1.2 s (stopIf: p95 > 1s).']);
  });

  test('is invalid where the generator shaped its times, and failed where answers were wrong', () => {
    const limits = [{ code: 'cpu', sentence: 'a thread was busy.', share: 0.5 }];
    assert.equal(verdictOf({ ...stopped, limits }, []).verdict, 'invalid');
    const more = { stoppedBy: { ...stoppedBy, metric: 'errors' } };
    assert.equal(verdictOf({ ...stopped, limits, more }, []).verdict, 'fail');
  });
});

describe('little time in which the generator was too busy', () => {
  const plan = atRate(50, 60);
  const outage = { ...calm, plan, outage: { from: 30, to: 32 } };
  const limit = { code: 'cpu', sentence: 'a thread was busy.', windows: [{ from: 30_000, to: 32_000 }] };
  const bound = thresholds('requests >= 180/s over 2s');

  test('is left out of the thresholds', () => {
    assert.equal(verdictOf(outage, bound).verdict, 'fail');
    assert.equal(verdictOf({ ...outage, limits: [{ ...limit, share: 0.034 }] }, bound).verdict, 'pass');
  });

  test('more of it is invalid', () => {
    assert.equal(verdictOf({ ...outage, limits: [{ ...limit, share: 0.06 }] }, bound).verdict, 'invalid');
  });
});
