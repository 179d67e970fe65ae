import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseThreshold, type Threshold } from '@marteau/measure';
import { cycles } from '../fixtures/plans.ts';
import { scenarios } from '../fixtures/scenarios.ts';
import { shop } from '../fixtures/shop.ts';
import { simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from './build-results.ts';
import type { ReportInput } from './report-input.ts';

const threshold = (text: string): Threshold => {
  const parsed = parseThreshold(text);
  assert.ok('threshold' in parsed);
  return parsed.threshold;
};

const slow = shop.map((label) => ({ ...label, median: label.median * 10 }));
const plan = cycles([4], 30);
const common = { seed: 1, startedAt: '2026-11-29T09:00:00.000Z', plan, shares: 2, perUser: 5 };
const [near] = simulate({ ...common, labels: shop });
const [, far] = simulate({ ...common, labels: slow });
const alone = (own: typeof near) => mergeMeasurements([{ ...own!, share: { index: 0, of: 1 } }]);
const place = (name: string, own: typeof near | null) => ({
  name,
  labels: { region: name },
  measurements: own ? alone(own) : null,
  lost: [],
});

function results(more: Partial<ReportInput>, ...texts: string[]) {
  return buildResults({
    ...scenarios.pass(),
    plan,
    measurements: mergeMeasurements([near!, far!]),
    locations: [place('eu', near), place('us', far)],
    thresholds: texts.map(threshold),
    ...more,
  });
}

test('a threshold of a location is judged by its nodes alone', () => {
  const [fast, late] = results({}, 'errors < 100%').locations!.map(
    ({ steps }) => steps[0]!.requests.time.p50!,
  );
  const between = `${Math.round((fast! + late!) / 2)}us`;
  const { judgement } = results({}, `p50 of location "eu" < ${between}`, `p50 of location "us" < ${between}`);
  assert.deepEqual(
    judgement?.thresholds.map(({ outcome }) => outcome),
    ['ok', 'fail'],
  );
  assert.match(judgement?.reason ?? '', /^p50 of location "us" .* 1 of 2 thresholds failed/i);
});

test('counts and rates are the location’s own, and together they are all', () => {
  const { locations, steps } = results({}, 'errors < 100%');
  assert.deepEqual(
    locations?.map(({ name, labels, nodes }) => [name, labels.region, nodes.length]),
    [
      ['eu', 'eu', 1],
      ['us', 'us', 1],
    ],
  );
  const sum = locations!.reduce((total, { steps: own }) => total + own[0]!.requests.count, 0);
  assert.equal(sum, steps[0]!.requests.count);
});

test('a location that was lost as a whole does not hold; where there are none, nothing is judged of them', () => {
  const lost = results({ locations: [place('eu', near), place('us', null)] }, 'p50 of location "us" < 1h');
  assert.equal(lost.judgement?.verdict, 'fail');
  assert.match(lost.judgement?.reason ?? '', /nothing was measured of a location "us"/);
  const local = results({ locations: [] }, 'errors < 100%', 'p50 of location "us" < 1us');
  assert.equal(local.judgement?.verdict, 'pass');
  assert.match(
    local.judgement?.reason ?? '',
    /Not judged, because this run had no locations: p50 of location "us" < 1us/,
  );
  assert.equal(local.locations, undefined);
});
