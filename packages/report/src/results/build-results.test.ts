import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenarios } from '../fixtures/scenarios.ts';
import { readResults } from '../schema/read-results.ts';
import { buildResults } from './build-results.ts';
import { summarise } from './summarise.ts';

describe('results', () => {
  for (const [name, make] of Object.entries(scenarios)) {
    test(`of ${name} fit their schema and lose nothing as JSON`, () => {
      const results = buildResults(make());
      assert.deepEqual(readResults(JSON.stringify(results)), results);
    });
  }

  test('tell nobody’s address', () => {
    const text = JSON.stringify({ ...buildResults(scenarios.pass()), file: null });
    assert.doesNotMatch(text, /@example\.com/);
    assert.match(text, /"submitter":"dora"/);
    assert.match(text, /"commitAuthor":"Dora Maar"/);
  });

  test('count what each stage counted', () => {
    const { steps, labels } = buildResults(scenarios.fail());
    for (const { plan, requests } of steps) {
      const own = labels
        .filter(({ kind }) => kind === 'request')
        .map((label) => label.steps.find(({ step }) => step === plan.index)!);
      const sum = (pick: (one: (typeof own)[number]) => number) =>
        own.reduce((total, one) => total + pick(one), 0);
      assert.equal(
        requests.count,
        sum(({ count }) => count),
      );
      assert.equal(
        requests.errors,
        sum(({ errors }) => errors),
      );
      assert.equal(
        requests.buckets.counts.reduce((a, b) => a + b, 0),
        requests.count,
      );
      assert.ok(Math.abs(requests.rate - requests.count / 30) < 1e-9);
      assert.ok(requests.peak >= requests.rate && requests.peak <= sum(({ peak }) => peak));
    }
  });
});

describe('the summary', () => {
  test('of stages side by side has their rates added up: their time is the same', () => {
    const input = scenarios.fail();
    const merged = input.measurements!;
    const steps = merged.steps.map((step) => ({ ...step, begin: 0, end: step.seconds * 1000 }));
    const beside = buildResults({ ...input, measurements: { ...merged, steps } });
    assert.equal(beside.load.recordedSeconds, 30);
    const { requests, rate } = summarise(beside)!;
    assert.ok(Math.abs(rate - requests / 30) < 1e-9);
  });

  test('has counts of the whole run and percentiles of the worst stage', () => {
    const results = buildResults(scenarios.fail());
    const summary = summarise(results)!;
    const last = results.steps.at(-1)!;
    assert.equal(summary.p95, last.requests.time.p95);
    assert.equal(
      summary.requests,
      results.steps.reduce((sum, { requests }) => sum + requests.count, 0),
    );
    assert.ok(Math.abs(summary.rate - summary.requests / 120) < 1e-9);
    assert.ok(summary.errorRate > 0 && summary.errorRate < summary.failureRate);
    assert.ok(summary.spark.length > 20 && summary.spark.length <= 40);
  });

  test('of a run without load is none', () => assert.equal(summarise(buildResults(scenarios.error())), null));
});
