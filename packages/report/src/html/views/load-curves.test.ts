import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenarios } from '../../fixtures/scenarios.ts';
import { buildResults } from '../../results/build-results.ts';
import { renderReport } from '../render-report.ts';
import { contentTable } from './content-table.ts';
import { apdexCurve, iterationsCurve, rateCurve } from './load-curves.ts';

const failed = buildResults(scenarios.fail());
const search = buildResults(scenarios.search());

describe('charts over the load', () => {
  test('of users put twice as many twice as far, and mark the stages that failed', () => {
    const { names, broken, values, law, knee } = rateCurve(failed);
    assert.equal(names[0]!.label, '0 users');
    const at = (label: string) => names.find((name) => name.label === label)!.at;
    assert.ok(Math.abs(at('80') - 2 * at('40')) < 0.1);
    assert.equal(broken.length, 1, '100 users');
    assert.ok(values.length >= 2 && law !== '' && knee !== null);
  });

  test('of rates have one place a stage, in their order', () => {
    const { names, law } = rateCurve(search);
    assert.deepEqual(
      names.map(({ label }) => label),
      search.steps.map(({ plan }) => plan.name),
    );
    assert.equal(law, '');
  });

  test('of iterations say which share failed', () => {
    const labels = iterationsCurve(failed).values.map(({ label }) => label);
    assert.ok(
      labels.some((label) => /^\d+(\.\d)?\/s, \d+(\.\d+)? % failed$/.test(label)),
      labels.join(),
    );
    const calm = iterationsCurve(buildResults(scenarios.pass())).values;
    assert.ok(calm.every(({ label, isBad }) => /^\d+(\.\d)?\/s$/.test(label) && !isBad));
  });

  test('of Apdex stand between the bounds of its ratings', () => {
    const { ticks, values } = apdexCurve(failed)!;
    assert.deepEqual(
      ticks.map(({ label }) => label),
      ['0', '0.50', '0.70', '0.85', '1.00'],
    );
    assert.ok(
      values.every(({ label }) => /^[01]\.\d\d (excellent|good|fair|poor|unacceptable)$/.test(label)),
    );
    const none = failed.steps.map((stage) => ({ ...stage, requests: { ...stage.requests, apdex: null } }));
    assert.equal(apdexCurve({ ...failed, steps: none }), null);
  });

  test('are in the report', () => {
    const html = renderReport(failed);
    for (const title of ['requests per second', 'iterations per second', 'Apdex of requests'])
      assert.match(html, new RegExp(`<b>${title} over users</b>`));
  });
});

test('what was run is counted over all stages', () => {
  const { bodies } = contentTable(failed)!;
  const [tests, , requests] = bodies[0]!.rows;
  const [, different, finished] = tests!.cells;
  assert.equal(different!.value, 2);
  const iterations = failed.steps.reduce((sum, stage) => sum + stage.tests.count, 0);
  assert.equal(finished!.value, iterations);
  const [, kinds, count, , , each] = requests!.cells;
  assert.equal(kinds!.value, 5);
  assert.equal(
    count!.value,
    failed.steps.reduce((sum, stage) => sum + stage.requests.count, 0),
  );
  assert.ok(Math.abs(each!.value! - 4.4) < 0.2, 'as the scenario has it');
  assert.equal(contentTable(buildResults(scenarios.cancelled())), null);
});
