import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenarios } from '../fixtures/scenarios.ts';
import { buildResults } from '../results/build-results.ts';
import { renderComparison } from './render-comparison.ts';

const input = scenarios['much-slower']();
const [...before] = input.baselines!;
const after = buildResults(input);

describe('a comparison as a page of its own', () => {
  test('shows the same as the report, and asks nothing of anybody', () => {
    const html = renderComparison(after.comparison, before, after);
    assert.match(html, /p95 at 20 users is 8\d(\.\d)? % worse than in the last 6 good runs \(likely\)/);
    assert.doesNotMatch(html, /<(script|link|img|iframe)\b|undefined|NaN/i);
  });

  test('has the runs beside each other, with verdict, load and main figures', () => {
    const html = renderComparison(after.comparison, before, after);
    const [, ...rows] = html.slice(0, html.indexOf('What changed')).split('<tr><th scope="row">');
    assert.equal(rows.length, 7);
    assert.match(rows[0]!, /<b>now<\/b>.*<span>pass<\/span>.*\d ms.*\d\/s.*10, 20 users, 40 s each/);
    for (const row of rows.slice(1)) assert.match(row, /<b>earlier<\/b>.*<span>pass<\/span>.*Tidy up/);
  });

  test('without a load in common says so, and what else changed all the same', () => {
    const other = buildResults(scenarios.hostile());
    const html = renderComparison(null, [before[0]!], other);
    assert.match(html, /have no load in common/);
    assert.match(html, /<h3>What else changed<\/h3>[\s\S]*<bdi>target<\/bdi>/);
    assert.doesNotMatch(html, /<script/);
  });
});
