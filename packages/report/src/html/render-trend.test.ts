import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Run } from '@marteau/shared';
import { aRun } from '@marteau/testkit/a-run';
import { logNormal } from '../fixtures/distributions.ts';
import { seeded } from '../statistics/random.ts';
import type { TrendRun } from '../trend/trend.ts';
import { renderTrend } from './render-trend.ts';

/** Runs day after day at these levels of p95, one of them invalid. */
function runs(levels: readonly number[], changes: (i: number) => Partial<Run> = () => ({})): TrendRun[] {
  const random = seeded(8);
  return levels.map((level, i) => {
    const day = String(1 + (i % 28)).padStart(2, '0');
    const summary = {
      requests: 10_000,
      iterations: 2_000,
      errorRate: 0.001 * (i % 3),
      failureRate: 0,
      rate: logNormal(random, 400, 0.01),
      p50: level / 3,
      p95: logNormal(random, level, 0.03),
      p99: 2 * level,
      spark: [],
    };
    const run = aRun({
      id: `r${String(i).padStart(18, '0')}`,
      state: 'finished',
      verdict: i === 5 ? 'invalid' : 'pass',
      startedAt: `2026-10-${day}T09:00:00.000Z`,
      commit: String(i % 10).repeat(40),
      summary,
      ...changes(i),
    });
    return { run, url: `https://marteau.example.com/runs/${run.id}` };
  });
}

const stepped = [...new Array<number>(20).fill(80_000), ...new Array<number>(12).fill(104_000)];

describe('a trend', () => {
  test('marks where the level changed, with the commit that came with it', () => {
    const html = renderTrend('Marketplace', runs(stepped));
    assert.match(html, /One change of level in 31 runs\. One more was invalid, stopped or without load/);
    assert.match(html, /class="change-name worse" style="left:62\.5%">\+(2\d|3\d)(\.\d)? %/);
    const rows = html.split('<tr>').slice(2);
    assert.equal(rows.length, 32);
    const marked = rows.filter((row) => /class="worse">p95 \+/.test(row));
    assert.equal(marked.length, 1);
    assert.match(marked[0]!, /commit\/0{40}/);
  });

  test('of few runs says what it needs', () => {
    assert.match(
      renderTrend('x', runs([80_000, 80_000])),
      /2 runs, of which 2 count\. A change of level can be told from six on/,
    );
    assert.match(renderTrend('x', []), /There is nothing to draw yet/);
  });

  test('is not led astray by runs that never measured, nor by hostile names', () => {
    const hostile = '</title><script>document.title="owned"</script>';
    const odd = (i: number): Partial<Run> =>
      i % 4 === 0
        ? { state: 'error', verdict: null, summary: null, commitSubject: hostile, commit: null }
        : {};
    const html = renderTrend(hostile, runs(stepped, odd));
    assert.doesNotMatch(html, /<script|undefined|NaN/);
    assert.match(html, /One change of level in 23 runs/);
  });
});
