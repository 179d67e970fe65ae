import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fitScalability, kneeOf, rateAt } from './scalability-law.ts';

const points = (users: readonly number[], rates: readonly number[]) =>
  users.map((n, i) => ({ users: n, rate: rates[i]! }));

function near(found: number, wanted: number, share: number) {
  assert.ok(
    Math.abs(found - wanted) <= share * Math.abs(wanted),
    `${found} is not within ${share} of ${wanted}`,
  );
}

describe('the Universal Scalability Law', () => {
  test('finds the coefficients that made the points', () => {
    const share = (max: number) => fc.double({ min: 0, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1000, noNaN: true }),
        share(0.5),
        share(0.001),
        (single, contention, coherency) => {
          const law = { single, contention, coherency };
          const made = [1, 5, 10, 20, 50, 100, 200].map((users) => ({ users, rate: rateAt(law, users) }));
          const found = fitScalability(made)!;
          for (const { users, rate } of made) near(rateAt(found, users), rate, 1e-6);
        },
      ),
    );
  });

  // SPEC SDM91 on a Sun SPARCcenter 2000, in Gunther, Guerrilla Capacity Planning (2007), and in the R package usl:
  // σ = 0.0277, κ = 0.000104, maximum at 96.5 users.
  test('agrees with the published fit of SPEC SDM91', () => {
    const law = fitScalability(
      points([1, 18, 36, 72, 108, 144, 216], [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2]),
    )!;
    near(law.contention, 0.0277, 0.15);
    near(law.coherency, 0.000104, 0.1);
    near(kneeOf(law), 96.5, 0.05);
    near(rateAt(law, kneeOf(law)), 1_900, 0.05);
  });

  test('has no maximum where throughput only saturates', () => {
    const law = fitScalability(points([1, 2, 4, 8, 16], [100, 181.8, 307.7, 470.6, 640]))!;
    near(law.contention, 0.1, 0.01);
    assert.equal(kneeOf(law) > 500, true);
  });

  test('grows in a straight line where nothing is shared', () => {
    const law = fitScalability(points([1, 2, 4, 8], [10, 20, 40, 80]))!;
    assert.deepEqual([law.contention, law.coherency], [0, 0]);
    near(law.single, 10, 1e-9);
  });

  test('never has a negative share, even where more users did more than their part', () => {
    const law = fitScalability(points([1, 2, 4, 8], [10, 25, 60, 140]))!;
    assert.ok(law.contention >= 0 && law.coherency >= 0);
  });

  test('needs three different loads, and answers', () => {
    assert.equal(fitScalability(points([1, 1, 5], [10, 10, 40])), null);
    assert.equal(fitScalability(points([1, 2, 3], [0, 0, 0])), null);
    assert.equal(fitScalability([]), null);
  });
});
