import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aRun } from '@marteau/testkit/a-run';
import { cycles } from '../fixtures/plans.ts';
import { shop } from '../fixtures/shop.ts';
import { simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from '../results/build-results.ts';
import type { Results } from '../schema/results.ts';
import { checkPull } from './check-pull.ts';

const plan = cycles([10], 20);

/** A run of the shop in which everything took `slower` times as long. */
function runOf(seed: number, slower: number): Results {
  const labels = shop.map((label) => ({ ...label, median: label.median * slower }));
  const measurements = mergeMeasurements(
    simulate({ seed, startedAt: '2026-11-21T09:29:58.004Z', plan, labels, perUser: 6 }),
  );
  return buildResults({ run: aRun(), file: null, plan, thresholds: [], measurements });
}

const three = [1, 2, 3].map((seed) => runOf(seed, 1));
/** Seven runs of the base. */
const before = [...three, ...three, three[0]!];
const pairs = (after: readonly Results[]) => after.map((one, i) => ({ before: before[i]!, after: one }));

describe('the head of a pull request beside its base, by pairs', () => {
  test('is worse where everything is slower, and each figure has its interval', () => {
    const found = checkPull(pairs([4, 5, 6].map((seed) => runOf(seed, 1.5))))!;
    assert.equal(found.decision, 'worse');
    const main = found.figures!.find(({ label, metric }) => label === null && metric === 'p95')!;
    assert.ok(main.direction === 'worse' && main.low! < 0.5 && main.high! > 0.5, JSON.stringify(main));
    assert.ok(found.smallest! > 0.05 && found.smallest! < 0.6, String(found.smallest));
  });

  test('has no change where none is, and it is said how small a one is excluded', () => {
    const same = pairs(before.map((one) => one));
    const found = checkPull(same)!;
    assert.equal(found.decision, 'same');
    assert.match(found.sentence, /^No change of at least [1-9] %: p95 at 10 users ±0 % over 7 pairs/);
    assert.ok(found.figures!.every(({ direction }) => direction === 'same'));
  });

  test('is worse by its errors alone, where the times are the same', () => {
    const failing = before.map((one) => ({
      ...one,
      steps: one.steps.map((step) => ({
        ...step,
        requests: { ...step.requests, errors: Math.round(step.requests.count * 0.05) },
      })),
    }));
    const found = checkPull(pairs(failing))!;
    assert.equal(found.decision, 'worse');
    assert.match(found.sentence, /^Worse: errors at 10 users \+5 % of all requests over 7 pairs/);
  });

  test('says nothing before there is a pair, and little before it is decided', () => {
    assert.equal(checkPull([]), null);
    const [first] = pairs([before[0]!]);
    assert.deepEqual([checkPull([first!])!.decision, checkPull([first!])!.figures], ['undecided', undefined]);
  });
});
