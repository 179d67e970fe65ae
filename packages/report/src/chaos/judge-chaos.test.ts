import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChaosRecord, FaultWindow } from '@marteau/measure';
import { aRun } from '@marteau/testkit/a-run';
import { aRecord, blackout, brokenRun } from '../fixtures/chaos-runs.ts';
import { thresholds } from '../fixtures/scenarios/input.ts';
import { failingShop } from '../fixtures/shop.ts';
import { type Simulation, simulate } from '../fixtures/simulate.ts';
import { chaosView } from '../html/views/chaos.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from '../results/build-results.ts';
import type { Results } from '../schema/results.ts';

function resultsOf(simulation: Simulation, ...bounds: string[]): Results {
  return buildResults({
    run: aRun(),
    file: null,
    plan: simulation.plan,
    thresholds: thresholds(...bounds),
    measurements: mergeMeasurements(simulate(simulation)),
  });
}

const errorsBound = thresholds('errors < 5%')[0]!;
const windowed = (changes: Partial<FaultWindow>): ChaosRecord =>
  aRecord({ windows: [{ ...blackout, ...changes }] });
const busy = { limits: [{ code: 'cpu', sentence: 'busy', share: 0.4 }] };

describe('the verdict about a fault', () => {
  const rows: [name: string, simulation: Simulation, bounds: string[], verdict: string, reason: RegExp][] = [
    ['well at the heal', brokenRun(45), ['p95 < 9s'], 'pass', /held/],
    ['well in time', brokenRun(49), ['p95 < 9s'], 'pass', /held/],
    [
      'well too late',
      brokenRun(52),
      ['p95 < 9s'],
      'fail',
      /^redis: blackout at 40 s: recovered 7 s after the heal \(wanted within 5 s\)\.$/,
    ],
    [
      'never well',
      brokenRun(80),
      ['p95 < 9s'],
      'fail',
      /^redis: blackout at 40 s: did not recover \(wanted within 5 s\)\./,
    ],
    [
      'nobody asked for recovery',
      brokenRun(80, windowed({ recoverWithin: null })),
      ['p95 < 9s'],
      'pass',
      /held/,
    ],
    [
      'too early to tell',
      { ...brokenRun(45), stopAfter: 48 },
      ['p95 < 9s'],
      'invalid',
      /the load ended before five good seconds/,
    ],
    [
      'no steady state',
      brokenRun(45, windowed({ begin: 5_000 })),
      ['p95 < 9s'],
      'invalid',
      /no steady state before the fault/,
    ],
    [
      'errors before it',
      { ...brokenRun(45), labels: failingShop(0.3) },
      ['p95 < 9s'],
      'invalid',
      /no steady state/,
    ],
    [
      'nothing went through',
      brokenRun(45, aRecord({ proxies: [{ ...aRecord().proxies[0]!, used: false }] })),
      ['p95 < 9s'],
      'invalid',
      /^Nothing went through proxy redis, .*MARTEAU_PROXY_REDIS\.$/,
    ],
    [
      'a foreign proxy that does not tell',
      brokenRun(45, aRecord({ proxies: [{ ...aRecord().proxies[0]!, used: null }] })),
      ['p95 < 9s'],
      'pass',
      /held/,
    ],
    [
      'could not be broken',
      brokenRun(45, aRecord({ troubles: ['redis could not be broken (blackout): nobody answers.'] })),
      ['p95 < 9s'],
      'invalid',
      /could not be broken/,
    ],
    [
      'could not hit some connections, which its report says',
      brokenRun(45, aRecord({ notes: ['redis: treated as tcp (2 connections)'] })),
      ['p95 < 9s'],
      'pass',
      /held/,
    ],
    [
      'too many errors while it lasted',
      { ...brokenRun(40, windowed({ errors: errorsBound, recoverWithin: null })), labels: failingShop(0.9) },
      ['p95 < 9s'],
      'fail',
      /^redis: blackout at 40 s: .* % errors while it lasted \(wanted < 5 %\)/,
    ],
    [
      'those outrank a busy generator',
      {
        ...brokenRun(40, windowed({ errors: errorsBound, recoverWithin: null })),
        labels: failingShop(0.9),
        ...busy,
      },
      ['p95 < 9s'],
      'fail',
      /errors while it lasted/,
    ],
    [
      'a busy generator outranks recovery',
      { ...brokenRun(80), ...busy },
      ['p95 < 9s'],
      'invalid',
      /generator/,
    ],
    [
      'percentages for the whole run are judged by errors alone',
      brokenRun(40, windowed({ lasting: true, begin: 0, end: 80_000, errors: errorsBound })),
      ['p95 < 9s'],
      'pass',
      /held/,
    ],
    [
      'no request finished while it lasted',
      brokenRun(45, windowed({ errors: errorsBound })),
      ['p95 < 9s'],
      'invalid',
      /no request finished while it lasted/,
    ],
  ];
  for (const [name, simulation, bounds, verdict, reason] of rows) {
    test(`${name}: ${verdict}`, () => {
      const { judgement } = resultsOf(simulation, ...bounds);
      assert.equal(judgement?.verdict, verdict, judgement?.reason);
      assert.match(judgement!.reason, reason);
    });
  }
});

test('a fault has the figures before, during and after it', () => {
  const [fault] = resultsOf(brokenRun(47), 'p95 < 9s').chaos!.faults;
  assert.deepEqual([fault!.before?.seconds, fault!.during?.seconds, fault!.after?.seconds], [30, 5, 30]);
  assert.equal(fault!.during?.rate, 0);
  assert.equal(fault!.recoveredAfter, 2000);
  assert.ok(fault!.before!.rate > 100 && fault!.before!.p95! > 0);
});

test('the report says what faults could not hit', () => {
  const results = resultsOf(brokenRun(45, aRecord({ notes: ['redis: treated as tcp (2 connections)'] })));
  assert.deepEqual(chaosView(results)!.troubles, ['redis: treated as tcp (2 connections).']);
});

test('a fault has the kinds of errors before, during and after it, and its report names them', () => {
  const labels = failingShop(0.02).map((label) =>
    label.name === 'GET /search' ? { ...label, errorRate: 0.02, error: 'ECONNRESET' } : label,
  );
  const results = resultsOf({ ...brokenRun(40, windowed({ recoverWithin: null })), labels }, 'p95 < 9s');
  const { during } = results.chaos!.faults[0]!;
  const { rate, seconds, errors, errorKinds = {} } = during!;
  assert.deepEqual(Object.keys(errorKinds).sort(), ['503', 'ECONNRESET']);
  const kinds = Object.values(errorKinds).reduce((sum, count) => sum + count);
  assert.equal(kinds, Math.round(rate * seconds * errors));
  const { figures } = chaosView(results)!;
  assert.match(
    JSON.stringify(figures.bodies[0]!.rows),
    /503 × [\d,]+, ECONNRESET × [\d,]+|ECONNRESET × [\d,]+, 503 × [\d,]+/,
  );
});

test('faults are drawn over the errors of requests, second by second, with what they hit', () => {
  const { chart, figures, targets } = chaosView(resultsOf(brokenRun(47), 'p95 < 9s'))!;
  assert.deepEqual(
    chart!.panels.map(({ title }) => title),
    ['faults made, per second', 'errors of requests, per second'],
  );
  const cells = chart!.table.bodies[0]!.rows.map((row) => row.cells.map(({ text }) => text));
  const hits = cells.map(([at, , faults]) => [at, faults]);
  assert.deepEqual(hits.slice(19, 24), [
    ['38s', '0'],
    ['40s', '50'],
    ['42s', '50'],
    ['44s', '50'],
    ['46s', '0'],
  ]);
  assert.deepEqual(
    figures.bodies[0]!.rows.map((row) => row.cells[0]!.text),
    ['before', 'during', 'after'],
  );
  assert.deepEqual(
    targets!.bodies[0]!.rows[0]!.cells.map(({ text }) => text),
    ['redis', 'blackout', 'GET', 'product:1', '250'],
  );
});

test('ordinary thresholds skip a fault and the time to recover; those during faults judge inside of it', () => {
  const bound = 'requests > 1/s over 2s';
  const outcomes = (wellAt: number, source: string) =>
    resultsOf(brokenRun(wellAt), source).judgement?.thresholds.map(({ outcome }) => outcome);
  assert.deepEqual(outcomes(49, bound), ['ok']);
  assert.deepEqual(outcomes(53, bound), ['fail']);
  assert.deepEqual(outcomes(49, `${bound} during faults`), ['fail']);
});

test('a fault that comes while another is recovered from has only the calm between them before it', () => {
  const second = { ...blackout, begin: 62_000, end: 64_000 };
  const { chaos } = resultsOf(brokenRun(45, aRecord({ windows: [blackout, second] })), 'p95 < 9s');
  assert.equal(chaos?.faults[1]?.before?.seconds, 12);
});

/** The same run as it would be known if it were so long that its intervals are eight seconds wide. */
function coarse(simulation: Simulation, isClose: boolean): Simulation {
  const series = simulate(simulation)[0]!
    .labels.filter(({ kind }) => kind === 'request')
    .flatMap((label) => label.series);
  const closeUp = { stretches: [{ from: 9_000, to: 80_000 }], series };
  return { ...simulation, width: 8, more: { ...simulation.more, ...(isClose ? { closeUp } : {}) } };
}

describe('a run so long that its intervals are wide', () => {
  for (const wellAt of [45, 49, 52, 80]) {
    test(`is judged as any other where it was looked at closely (well at ${wellAt} s)`, () => {
      const fine = resultsOf(brokenRun(wellAt), 'p95 < 9s');
      const wide = resultsOf(coarse(brokenRun(wellAt), true), 'p95 < 9s');
      assert.equal(wide.judgement!.verdict, fine.judgement!.verdict);
      const [one, other] = [fine, wide].map(({ chaos }) => chaos!.faults[0]!);
      assert.deepEqual(other!.sentence, one!.sentence);
      assert.equal(other!.recoveredAfter, one!.recoveredAfter);
      assert.deepEqual(other!.before, one!.before);
      assert.deepEqual(other!.during, one!.during);
    });
  }

  test('is invalid where nobody did and the intervals are too wide to tell', () => {
    const { judgement } = resultsOf(coarse(brokenRun(51), false), 'p95 < 9s');
    assert.equal(judgement!.verdict, 'invalid');
    assert.match(
      judgement!.reason,
      /recovered at most 11 s after the heal, and the intervals of so long a run are 8 s wide, too wide to tell \(wanted within 5 s\)/,
    );
  });

  test('fails where even that is enough to tell', () => {
    assert.equal(resultsOf(coarse(brokenRun(66), false), 'p95 < 9s').judgement!.verdict, 'fail');
    assert.equal(resultsOf(coarse(brokenRun(80), false), 'p95 < 9s').judgement!.verdict, 'fail');
  });
});
