import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENERATOR } from '@marteau/measure';
import { scenarios } from '../../fixtures/scenarios.ts';
import { buildResults } from '../../results/build-results.ts';
import { worstStage } from '../../results/summarise.ts';
import { numbersOf } from './numbers.ts';

test('a percentile is told with how late the threads were woken, where that was measured', () => {
  const results = buildResults(scenarios.pass());
  const details = (more: Partial<typeof results> = {}) =>
    numbersOf({ ...results, ...more })[0]!.numbers.map(({ label, detail }) => `${label} ${detail}`);
  assert.ok(details().every((one) => !one.includes('±')));
  const { plan, requests } = worstStage(results.steps)!;
  const woken = {
    kind: 'trend' as const,
    name: 'wake-up',
    unit: 'us' as const,
    of: { kind: GENERATOR, label: 'its threads' },
    steps: [
      { step: plan.index, count: 900, sum: 90_000, rate: 9, values: { ...requests.time, p50: 80, p95: 300 } },
    ],
    series: { from: 0, width: 1000, count: [], sum: [] },
  };
  assert.deepEqual(details({ metrics: [woken] }).slice(0, 2), ['p50 ± 160 µs', 'p95 ± 600 µs']);
});
