import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenarios } from '../../fixtures/scenarios.ts';
import { buildResults } from '../../results/build-results.ts';
import type { Results } from '../../schema/results.ts';
import { renderReport } from '../render-report.ts';
import { nothingToCompare } from './comparison.ts';
import { headOf } from './head.ts';

const failed = buildResults(scenarios.fail());
const slower = buildResults(scenarios['much-slower']());

const factOf = (results: Results, term: string) => headOf(results).facts.find((fact) => fact.term === term);
describe('the first screen', () => {
  test('says what the test is about, where its file does', () => {
    const described = buildResults({ ...scenarios.pass(), description: 'Browse & pay.' });
    assert.equal(described.description, 'Browse & pay.');
    assert.match(renderReport(described), /<p class="soft"><bdi>Browse &amp; pay\.<\/bdi><\/p>/);
    assert.equal('description' in buildResults({ ...scenarios.pass(), description: null }), false);
  });

  test('names the errors and failures that came most often', () => {
    const failedIn = (results: Results) => {
      const { failed: named, failedLeft } = headOf(results).numbers.at(-1)!;
      return [...named.map(({ name, count }) => `${name} × ${count}`), failedLeft];
    };
    const [assertion, status] = [
      'Expected values to be strictly equal × 214',
      '503 Service Unavailable × 214',
    ];
    assert.deepEqual(failedIn(failed), [assertion, status, 0]);
    assert.match(renderReport(failed), /<a href="#failures">Most frequent<\/a>/);
    const group = failed.failures.find(({ kind }) => kind === 'error')!;
    const named = (messages: readonly string[]) =>
      messages.map((message, i) => ({ ...group, message, byStep: { '0': 9 - i } }));
    const five = { ...failed, failures: named(['timeout', 'ECONNRESET', '<b>500</b>', 'כמות', '504']) };
    assert.deepEqual(failedIn(five), ['timeout × 9', 'ECONNRESET × 8', '<b>500</b> × 7', 2]);
    const turned = renderReport({ ...failed, failures: named(['כמות שגויה']) });
    assert.match(
      turned,
      /<bdi>כמות שגויה<\/bdi> × 9/,
      'a name from right to left leaves the count where it is',
    );
    assert.deepEqual(failedIn({ ...failed, failures: [{ ...group, byStep: {} }] }), [0], 'not in a window');
    assert.deepEqual(failedIn({ ...failed, failures: [{ ...group, kind: 'check' }] }), [0], 'fails nothing');
  });

  test('has the best stage, with its rate and Apdex', () => {
    assert.match(factOf(failed, 'best stage')!.text, /^\d+ users: \d+(\.\d)?\/s, Apdex [01]\.\d\d \(\w+\)$/);
    assert.equal(factOf(buildResults(scenarios['one-request']()), 'best stage'), undefined);
  });

  test('links to the commits since the last good run', () => {
    const repo = 'https://github.com/example/shop.git';
    const at = (commit: string): Results => ({ ...slower, run: { ...slower.run, repo, commit } });
    const link = `https://github.com/example/shop/compare/${'a'.repeat(40)}...${'b'.repeat(40)}`;
    const comparison: Results['comparison'] = {
      ...slower.comparison!,
      baselines: [{ ...slower.comparison!.baselines[0]!, commit: 'a'.repeat(40) }],
      changed: [{ what: 'commit', before: 'aaaaaaaa', after: 'bbbbbbbb', link }],
    };
    const changes = factOf({ ...at('b'.repeat(40)), comparison }, 'changes')!;
    assert.deepEqual([changes.text, changes.link], ['aaaaaaaa…bbbbbbbb', link]);
    assert.equal(factOf({ ...at('a'.repeat(40)), comparison }, 'changes'), undefined, 'the same commit');
  });

  test('says why there is nothing to compare with', () => {
    assert.equal(nothingToCompare(slower), '');
    assert.match(nothingToCompare(failed), /no earlier run of this test that passed had the same load/);
    assert.match(nothingToCompare(buildResults(scenarios.invalid())), /are not the target’s/);
    assert.equal(nothingToCompare(buildResults(scenarios.cancelled())), '', 'it measured nothing');
    assert.match(renderReport(failed), /Nothing to compare with yet/);
  });

  test('names the data files without a server, too', () => {
    const local: Results = { ...failed, run: { ...failed.run, url: null } };
    assert.ok(headOf(local).downloads.every(({ link }) => link === null));
    assert.match(renderReport(local), /<span>results\.json<\/span>[\s\S]*written beside this report/);
    assert.ok(headOf(failed).downloads.every(({ link }) => link?.startsWith('https://')));
  });

  test('tells a failed stage by a mark and not by colour alone', () => {
    const html = renderReport(failed);
    assert.match(html, /<td class="n bad"[^>]*><svg class="i i-fail"/);
    assert.match(html, /class="cross"[^>]*>✗</);
    assert.match(html, /class="bound bad[^>]*><span>✗ p95 &lt; 300 ms/);
  });
});
