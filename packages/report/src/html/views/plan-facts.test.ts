import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '@marteau/shared';
import { scenarios } from '../../fixtures/scenarios.ts';
import { buildResults } from '../../results/build-results.ts';
import { renderReport } from '../render-report.ts';
import { planFacts } from './plan-facts.ts';

const base = buildResults(scenarios.pass());
const stage = base.plan!.steps[0]!;

test('what is not recorded, how many users there may be, and Apdex T are told', () => {
  const plan: Plan = {
    steps: [
      { ...stage, recorded: false, durationMs: 15_000 },
      { ...stage, index: 1, rampMs: 2_000, maxUsers: 400 },
      { ...stage, index: 2, model: 'pause', durationMs: 3_000 },
      { ...stage, index: 3, rampMs: 5_000, maxUsers: 1_200 },
    ],
  };
  assert.deepEqual(
    planFacts({ ...base, model: 'open', plan }).map(({ term, text }) => `${term}: ${text}`),
    [
      'model: open',
      'warm-up: 15 s, not recorded',
      'ramp: 2 s, 5 s before a window, not recorded',
      'pauses: 3 s',
      'at most: 400, 1\u202f200 users',
      'Apdex T: 1.50 s',
    ],
  );
  assert.match(renderReport(base), /<dt>Apdex T<\/dt><dd>1\.50 s<\/dd>/);
});

test('of a run without load nothing is', () => {
  assert.deepEqual(planFacts({ ...base, plan: null, model: null }), []);
});
