import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioOf, verdictOf } from './ratio.ts';

const pairsOf = (...ratios: number[]) => ratios.map((ratio, i) => ({ old: i + 1, new: (i + 1) * ratio }));

test('the mean is geometric, and the interval Student’s on the logarithms', () => {
  // ln 0.5, ln 2, ln 1, ln 1: mean 0, deviation ln 2 · √(2/3), of which t(0.975, 3) = 3.1824 and √4 make the half.
  const half = (3.182446 * Math.LN2 * Math.sqrt(2 / 3)) / 2;
  const ratio = ratioOf(pairsOf(0.5, 2, 1, 1))!;
  assert.ok(Math.abs(ratio.mean - 1) < 1e-9);
  assert.ok(Math.abs(ratio.low - Math.exp(-half)) < 1e-6);
  assert.ok(Math.abs(ratio.high - Math.exp(half)) < 1e-6);
});

test('pairs that are all the same have an interval without width', () => {
  const { mean, low, high } = ratioOf(pairsOf(1.1, 1.1, 1.1))!;
  for (const value of [mean, low, high]) assert.ok(Math.abs(value - 1.1) < 1e-9);
});

test('what has no ratio is left out', () => {
  assert.equal(ratioOf([{ old: 0, new: 1 }, ...pairsOf(1)]), null);
  assert.ok(ratioOf([{ old: 0, new: 0 }, ...pairsOf(1, 1.2)]));
});

for (const { name, low, high, better, verdict } of [
  { name: 'wholly above', low: 1.031, high: 1.2, better: 'lower', verdict: 'worse' },
  { name: 'wholly above', low: 1.031, high: 1.2, better: 'higher', verdict: 'better' },
  { name: 'wholly below', low: 0.8, high: 0.97, better: 'higher', verdict: 'worse' },
  { name: 'wholly below', low: 0.8, high: 0.97, better: 'lower', verdict: 'better' },
  { name: 'above 1 and not by 3 %', low: 1.01, high: 1.2, better: 'lower', verdict: 'same' },
  { name: 'wide', low: 0.7, high: 1.4, better: 'lower', verdict: 'same' },
] as const)
  test(`an interval ${name}, where ${better} is better: ${verdict}`, () => {
    assert.equal(verdictOf({ mean: 1, low, high }, better), verdict);
  });
