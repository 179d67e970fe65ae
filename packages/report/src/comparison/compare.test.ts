import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aRun } from '@marteau/testkit/a-run';
import { cycles } from '../fixtures/plans.ts';
import { failingShop, shop } from '../fixtures/shop.ts';
import { type SimulatedLabel, simulate } from '../fixtures/simulate.ts';
import { socketMetrics } from '../fixtures/socket-metrics.ts';
import { renderTrend } from '../html/render-trend.ts';
import { comparisonView } from '../html/views/comparison.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from '../results/build-results.ts';
import { summarise } from '../results/summarise.ts';
import type { Endpoint } from '../schema/comparison.ts';
import type { Results } from '../schema/results.ts';
import { trendsOf } from '../trend/trend.ts';
import { loadOf, whyApart } from './comparable.ts';
import { compare } from './compare.ts';
import { comparisonInWords } from './sentences.ts';

const startedAt = '2026-11-21T09:29:58.004Z';

/** A run of the shop in which everything took `slower` times as long. */
function runOf(
  seed: number,
  slower = 1,
  labels: readonly SimulatedLabel[] = shop,
  plan = cycles([10, 20], 40),
  changes: Parameters<typeof aRun>[0] = {},
): Results {
  const scaled = labels.map((label) => ({ ...label, median: label.median * slower }));
  const measurements = mergeMeasurements(simulate({ seed, startedAt, plan, labels: scaled, perUser: 6 }));
  const run = aRun({ id: `r00000000${seed}`, ...changes });
  return buildResults({ run, file: 'script: a.ts\nduration: 40s\n', plan, thresholds: [], measurements });
}

/** Runs differ among themselves by some per cent, up and down. */
const earlier = (count: number) =>
  Array.from({ length: count }, (_, i) => runOf(100 + i, 1 + 0.03 * ((i % 3) - 1)));

describe('a comparison with one run', () => {
  const before = runOf(1);

  test('finds nothing where nothing changed', () => {
    const comparison = compare([before], runOf(2))!;
    assert.deepEqual([comparison.direction, comparison.grade], ['same', null]);
    assert.match(
      comparison.sentence,
      /^No change that stands out from the last good run, p95 at 20 users [+−]/,
    );
    assert.equal(
      comparison.endpoints.every(({ grade }) => grade === null),
      true,
    );
  });

  test('claims nothing of loads of a few seconds, and says so', () => {
    const short = cycles([10, 20], 4);
    const comparison = compare([runOf(1, 1, shop, short)], runOf(2, 2, shop, short))!;
    assert.deepEqual([comparison.direction, comparison.grade], ['same', null]);
    assert.match(
      comparison.sentence,
      /p95 at 20 users \+\d+(\.\d)? %\. Of a load of 4 s nobody can tell a change from chance: let 10 s be recorded at least\.$/,
    );
    assert.deepEqual(new Set(comparison.endpoints.map(({ low }) => low)), new Set([null]));
  });

  test('suspects a change of a third, and no more than suspects', () => {
    const comparison = compare([before], runOf(2, 1.33))!;
    assert.deepEqual([comparison.direction, comparison.grade], ['worse', 'suspected']);
    assert.match(
      comparison.sentence,
      /^p95 at 20 users is 3\d(\.\d)? % worse than in the last good run \(suspected\), and so are \d+ other figures\.$/,
    );
    const main = comparison.endpoints.find(
      ({ label, metric, load }) => label === null && metric === 'p95' && load === '20 users',
    )!;
    assert.ok(main.low! < 0.33 && 0.33 < main.high! && main.low! > 0.05);
    assert.equal(main.spread, null);
  });

  test('sees what became better', () => {
    assert.deepEqual(compare([before], runOf(2, 0.6))!.direction, 'better');
  });

  test('of one label finds that label', () => {
    const slowCart = shop.map((label) =>
      label.name === 'POST /cart' ? { ...label, median: 2 * label.median } : label,
    );
    const comparison = compare([before], runOf(2, 1, slowCart))!;
    const cart = comparison.endpoints.filter(
      ({ label, metric }) => label === 'POST /cart' && metric === 'p95',
    );
    assert.deepEqual(
      cart.map(({ direction }) => direction),
      ['worse', 'worse'],
    );
    const others = comparison.endpoints.filter(({ label }) => label === 'GET /');
    assert.ok(others.every(({ grade }) => grade === null));
  });

  test('finds new errors', () => {
    const comparison = compare([before], runOf(2, 1, failingShop(0.1)))!;
    assert.equal(comparison.direction, 'worse');
    const cart = comparison.endpoints.find(
      ({ label, metric }) => label === 'POST /cart' && metric === 'errors',
    )!;
    assert.ok(cart.after > 0.08 && cart.before === 0 && cart.grade === 'suspected');
  });
});

describe('a comparison with five runs and more', () => {
  const before = earlier(6);

  test('finds nothing where a run is as the others', () => {
    assert.equal(compare(before, runOf(2, 1.02))!.grade, null);
  });

  test('finds a fifth more, and is likely right', () => {
    const comparison = compare(before, runOf(2, 1.2))!;
    assert.deepEqual([comparison.direction, comparison.grade], ['worse', 'likely']);
    const main = comparison.endpoints.find(({ label, metric }) => label === null && metric === 'p95')!;
    assert.ok(main.spread !== null && main.spread.from < main.spread.to);
  });
});

test('only equal loads are compared', () => {
  const before = runOf(1, 1, shop, cycles([5, 20], 20));
  const loads = new Set(compare([before], runOf(2))!.endpoints.map(({ load }) => load));
  assert.deepEqual([...loads], ['20 users']);
  assert.equal(compare([runOf(1, 1, shop, cycles([7], 10))], runOf(2)), null);
});

test('runs without load cannot be compared', () => {
  const empty = buildResults({
    run: aRun({ state: 'error' }),
    file: null,
    plan: null,
    thresholds: [],
    measurements: null,
  });
  assert.equal(compare([empty], runOf(2)), null);
  assert.equal(compare([runOf(2)], empty), null);
});

test('what else changed is told, with a link to the commits', () => {
  const before = runOf(1);
  const commit = 'b'.repeat(40);
  const after = runOf(2, 1, shop, cycles([10, 20], 40), {
    commit,
    commitSubject: 'Sort the list',
    nodes: 2,
    overrides: { duration: '1m' },
  });
  const { changed } = compare([before], {
    ...after,
    file: { ...after.file!, text: 'script: b.ts\nduration: 40s\n' },
    environment: { version: '2.0' },
  })!;
  assert.deepEqual(
    changed.map(({ what, before, after }) => [what, before, after]),
    [
      ['commit', '4f1c8a0b Cache the price list for a minute', 'bbbbbbbb Sort the list'],
      ['.marteau.yml', 'script: a.ts', 'script: b.ts'],
      ['overrides', 'none', 'duration: "1m"'],
      ['nodes', '1', '2'],
      ['version', 'none', '2.0'],
    ],
  );
  assert.match(
    changed[0]!.link!,
    /^https:\/\/github\.com\/example\/marketplace\/compare\/4f1c8a0b\w+\.\.\.b{40}$/,
  );
});

test('that another server answers at the target is told', () => {
  const servedBy = (server: string, address: string) => {
    const plan = cycles([5], 20);
    const peer = { addresses: [address], servers: [server], tls: [] };
    const [share] = simulate({ seed: 1, startedAt, plan, labels: shop, perUser: 6, more: { peer } });
    const measurements = mergeMeasurements([share!, { ...share!, node: 'forge-2' }]);
    return buildResults({ run: aRun(), file: null, plan, thresholds: [], measurements });
  };
  const { changed } = compare([servedBy('nginx/1.25', '192.0.2.7')], servedBy('nginx/1.27', '192.0.2.7'))!;
  assert.deepEqual(changed, [
    { what: 'Target server', before: 'nginx/1.25', after: 'nginx/1.27', link: null },
  ]);
});

describe('what says nothing about a run is not compared with it', () => {
  const after = runOf(2);
  const changed = (run: Partial<Results['run']>): Results => ({
    ...runOf(1),
    run: { ...runOf(1).run, ...run },
  });
  const invalid = runOf(1);
  invalid.judgement = { ...invalid.judgement!, verdict: 'invalid' };
  const over2 = runOf(1);
  over2.steps = over2.steps.map((step) => ({
    ...step,
    requests: { ...step.requests, http2: step.requests.count },
  }));
  const rows: [string, Results, RegExp][] = [
    ['a run over HTTP/2', over2, /went over HTTP\/2 and the other over HTTP\/1\.1/],
    ['an invalid run', invalid, /is invalid: its numbers are the generator’s/],
    ['a repeat', changed({ trigger: 'confirm' }), /is a repeat/],
    ['a script that was tried once', changed({ trigger: 'once' }), /only tried the script once/],
    ['another load', runOf(1, 1, shop, cycles([7], 10)), /no load in common/],
    [
      'another protocol',
      changed({ target: 'http://shop.example.com' }),
      /went by http and the other by https/,
    ],
  ];
  for (const [name, before, why] of rows) {
    test(name, () => {
      assert.equal(compare([before], after), null);
      assert.match(whyApart(before, after)!, why);
      assert.equal(compare([before, runOf(3)], after)!.baselines.length, 1, 'others stay');
    });
  }
});

test('the load of whole runs is equal where stages, their parts of the time and the protocol are', () => {
  const of = (plan: ReturnType<typeof cycles>, target = 'https://a.example.com') =>
    loadOf({ ...runOf(1, 1, shop, plan), run: { ...runOf(1).run, target } });
  assert.equal(of(cycles([10, 20], 40)), of(cycles([10, 20], 20), 'https://b.example.com'));
  assert.notEqual(of(cycles([10, 20], 40)), of(cycles([10, 30], 40)));
  assert.notEqual(of(cycles([10, 20], 40)), of(cycles([10, 20], 40), 'http://a.example.com'));
});

test('a figure whose interval clears 5 % is shown, graded or not', () => {
  const comparison = compare([runOf(1)], runOf(2))!;
  const endpoints = comparison.endpoints.map((one, i) =>
    i === 1 ? { ...one, change: 0.44, low: 0.31, high: 0.58 } : one,
  );
  const view = comparisonView({ comparison: { ...comparison, endpoints } })!;
  assert.deepEqual(
    view.changed.map(({ metric, change, sure }) => [metric, change, sure]),
    [[endpoints[1]!.metric, '+44 %', 'beyond 5 %, not sure']],
  );
  assert.match(
    comparisonInWords(endpoints, 1).sentence,
    /^No change that stands out .*\. Not sure, but of \d+ figures one has its whole interval beyond 5 %, most of all .* \(\+44 %\)\.$/,
  );
});

describe('a comparison of what sockets wait', () => {
  const plan = cycles([10], 60);
  const [stage] = simulate({ seed: 1, startedAt, plan, labels: shop, perUser: 6 })[0]!.steps;
  const at = { step: 0, from: Math.round(stage!.begin / 1000), seconds: 60 };

  function chat(seed: number, median = 5000, errors = 1): Results {
    const shares = simulate({ seed, startedAt, plan, labels: shop, perUser: 6 });
    const metrics = socketMetrics(at, { seed, median, errors });
    const measurements = mergeMeasurements(
      shares.map((share, i) => (i === 0 ? { ...share, metrics } : share)),
    );
    return buildResults({
      run: aRun({ id: `r00000000${seed}` }),
      file: null,
      plan,
      thresholds: [],
      measurements,
    });
  }
  const roundTrip = (endpoints: readonly Endpoint[]) =>
    endpoints.find(({ of }) => of?.name === 'round trip')!;

  test('with one run suspects a change of round trips, and of nothing else', () => {
    const { endpoints, sentence } = compare([chat(1)], chat(2, 10_000))!;
    const found = roundTrip(endpoints);
    assert.deepEqual(
      [found.label, found.of, found.metric, found.direction, found.grade],
      ['GET /chat', { kind: 'ws', name: 'round trip' }, 'p95', 'worse', 'suspected'],
    );
    assert.match(
      sentence,
      /^p95 of ws "GET \/chat" round trip at 10 users is .* worse than in the last good run \(suspected\)/,
    );
    assert.ok(endpoints.every(({ of, grade }) => of?.name === 'round trip' || grade === null));
    const row = comparisonView({ comparison: compare([chat(1)], chat(2, 10_000)) })!.changed[0]!;
    assert.deepEqual([row.subject, row.metric], ['ws GET /chat', 'round trip, p95']);
  });

  test('with five runs calls it likely, and finds nothing where nothing changed', () => {
    const before = [1, 2, 3, 4, 5].map((seed) => chat(seed));
    assert.equal(roundTrip(compare(before, chat(6, 7500))!.endpoints).grade, 'likely');
    assert.equal(roundTrip(compare(before, chat(6))!.endpoints).grade, null);
  });

  test('sees that more went wrong', () => {
    const { endpoints } = compare([chat(1)], chat(2, 5000, 600))!;
    const errors = endpoints.find(({ of }) => of?.name === 'errors')!;
    assert.deepEqual([errors.metric, errors.direction, errors.grade], ['errors', 'worse', 'suspected']);
  });

  test('the summary tells the main figure of each kind, and trends draw it', () => {
    const summary = summarise(chat(1))!;
    const [figure, ...more] = summary.kinds!;
    assert.deepEqual([figure!.kind, figure!.name, figure!.count, more.length], ['ws', 'round trip', 3000, 0]);
    assert.ok(figure!.p95! > 5000 && figure!.p95! < 20_000);
    const runs = Array.from({ length: 8 }, (_, i) => ({
      run: { ...aRun({ verdict: 'pass' }), summary: summarise(chat(i, i < 4 ? 5000 : 10_000)) },
      url: null,
    }));
    const { of, values, changes } = trendsOf(runs).at(-1)!;
    assert.deepEqual(of, { kind: 'ws', name: 'round trip' });
    assert.ok(values.every((value) => value! > 5000));
    assert.deepEqual(
      changes.map(({ index }) => index),
      [4],
    );
    assert.match(renderTrend('Chat', runs), /p95 of ws: round trip/);
  });
});
