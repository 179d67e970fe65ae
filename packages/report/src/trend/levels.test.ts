import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Run } from '@marteau/shared';
import { logNormal } from '../fixtures/distributions.ts';
import { seeded } from '../statistics/random.ts';
import { levelsOf } from './levels.ts';

/** Runs whose p95 lies around these levels, 3 % apart; the rate is the same. */
function runsAt(levels: readonly number[], seed = 1): Run[] {
  const random = seeded(seed);
  return levels.map((level, n) => ({
    id: `r${String(n).padStart(4, '0')}`,
    commit: String(n).padStart(40, 'c'),
    verdict: 'pass',
    stopped: false,
    summary: { requests: 1000, p95: logNormal(random, level, 0.03), rate: 100, errorRate: 0 },
  })) as unknown as Run[];
}

const times = (count: number, level: number) => Array<number>(count).fill(level);

/** Each run is looked at once, as it ends; `told` is what the one before left. */
function look(runs: readonly Run[], forgets = false) {
  let told: string | null = null;
  const news: string[] = [];
  for (let n = 1; n <= runs.length; n++) {
    const found = levelsOf(runs.slice(0, n), forgets ? null : told).news;
    if (found.length === 0) continue;
    told = runs[n - 1]!.id;
    news.push(...found.map(({ metric, direction, first }) => `${metric} ${direction} ${first.id}`));
  }
  return news;
}

describe('levels of a trend', () => {
  test('each is told once, when it is plain, with the runs on either side', () => {
    const runs = runsAt([...times(12, 100), ...times(12, 130), ...times(12, 100)]);
    assert.deepEqual(look(runs), ['p95 worse r0012', 'p95 better r0024']);
    const { news, levels } = levelsOf(runs.slice(0, 16), null);
    assert.ok(news.length <= 1);
    assert.deepEqual(
      levels.map(({ metric }) => metric),
      ['p95', 'rate'],
    );
    const at15 = levelsOf(runs.slice(0, 15), null).news[0]!;
    assert.deepEqual([at15.last.id, at15.first.id], ['r0011', 'r0012']);
    assert.ok(Math.abs(at15.change - 0.3) < 0.06);
  });

  test('who has forgotten what was told does not tell an old one again', () => {
    const runs = runsAt([...times(12, 100), ...times(30, 130)]);
    assert.deepEqual(look(runs, true), ['p95 worse r0012']);
    assert.deepEqual(levelsOf(runs, null).news, []);
  });

  test('levels that stay are no news, nor few runs', () => {
    const found = Array.from({ length: 60 }, (_, seed) => look(runsAt(times(24, 100), 100 + seed)).length);
    assert.ok(found.reduce((a, b) => a + b, 0) <= 4, String(found));
    assert.deepEqual(look(runsAt([...times(3, 100), ...times(2, 200)])), []);
    assert.deepEqual(levelsOf([], null), { levels: [], news: [] });
  });
});
