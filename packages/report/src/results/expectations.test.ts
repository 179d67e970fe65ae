import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aRun } from '@marteau/testkit/a-run';
import { dataFiles } from '../export/data-files.ts';
import { brokenRun } from '../fixtures/chaos-runs.ts';
import { thresholds } from '../fixtures/scenarios/input.ts';
import { simulate } from '../fixtures/simulate.ts';
import { thresholdsView } from '../html/views/thresholds.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from './build-results.ts';
import { expectationsOf } from './expectations.ts';

const simulation = brokenRun(52);
const late = buildResults({
  run: aRun(),
  file: null,
  plan: simulation.plan,
  thresholds: thresholds('p95 < 9s', 'errors < 50%'),
  measurements: mergeMeasurements(simulate(simulation)),
});

test('a fault that the target did not bear is a row of what was expected, and not above green rows alone', () => {
  assert.equal(late.judgement!.verdict, 'fail');
  assert.deepEqual(
    expectationsOf(late).map(({ name, outcome }) => [name, outcome]),
    [
      ['p95 < 9s', 'ok'],
      ['errors < 50%', 'ok'],
      ['redis: blackout at 40 s', 'fail'],
    ],
  );
  const rows = thresholdsView(late).rows;
  assert.deepEqual(
    rows.map(({ subject, clauses, required, outcome, sentence }) => [
      subject,
      clauses,
      required,
      outcome,
      sentence,
    ]),
    [
      ['p95', 'outside of faults', '< 9 s', 'ok', ''],
      ['errors', 'outside of faults', '< 50 %', 'ok', ''],
      ['redis: blackout at 40 s', 'fault', 'recovers within 5 s', 'fail', 'Recovered 7 s after the heal'],
    ],
  );
  assert.match(dataFiles(late)['junit.xml']!, /tests="4" failures="1"/);
});

test('what a tool judged by its own thresholds is expected of the target, too', () => {
  const source = {
    title: 'k6 2.2',
    precision: 'raw',
    resolutionUs: 100,
    error: null,
    time: '',
    exits: [],
    thresholds: [
      { text: 'p(95)<500', held: false },
      { text: 'rate<0.01', held: null },
    ],
  } as const;
  assert.deepEqual(
    expectationsOf({ ...late, source: { ...source, known: undefined } as never })
      .slice(3)
      .map(({ sentence, outcome }) => [sentence, outcome]),
    [['p(95)<500 was crossed, says k6 2.2', 'fail']],
  );
});
