import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeNarrow, noTimes, twoDigits } from '@marteau/measure';
import { holm } from './holm.ts';
import { paired, predict } from './prediction.ts';
import { tProbability, tQuantile } from './student-t.ts';
import { varianceWithin } from './within-runs.ts';

const near = (found: number, wanted: number, by: number) =>
  assert.ok(Math.abs(found - wanted) <= by, `${found} is not ${wanted}`);

describe('Student’s t', () => {
  // From the tables of Abramowitz and Stegun, 26.10, and R's qt.
  for (const [share, freedom, wanted] of [
    [0.95, 1, 6.313752],
    [0.975, 2, 4.302653],
    [0.975, 4, 2.776445],
    [0.99, 4, 3.746947],
    [0.995, 10, 3.169273],
    [0.975, 30, 2.042272],
    [0.975, 1e6, 1.959966],
    [0.05, 7, -1.894579],
    [0.5, 3, 0],
  ] as const) {
    test(`${share} of it lies below ${wanted} with ${freedom} degrees of freedom`, () => {
      near(tQuantile(share, freedom), wanted, 2e-6);
      near(tProbability(wanted, freedom), share, 1e-7);
    });
  }
});

test('Holm’s procedure, with the example of its R documentation', () => {
  const p = [0.01, 0.02, 0.03, 0.04, 0.05];
  assert.deepEqual(holm(p, 0.05), [true, false, false, false, false]);
  assert.deepEqual(holm([0.04, 0.001, 0.012], 0.05), [true, true, true]);
  assert.deepEqual(holm([], 0.05), []);
});

describe('predictions', () => {
  test('expect what was there before', () => {
    const { change, low, high, probability } = predict([100, 103, 97, 101, 99], 100);
    near(change, 0, 0.001);
    assert.ok(low < -0.05 && high > 0.05 && probability > 0.4);
  });

  test('are wide where runs vary much, and surprised where they do not', () => {
    const calm = predict([100, 100, 100, 100, 100], 110);
    const wild = predict([80, 120, 95, 130, 85], 110);
    assert.ok(calm.probability < 0.01, `${calm.probability}`);
    assert.ok(wild.probability > 0.1);
    near(calm.change, Math.log(1.1), 1e-12);
  });

  test('by pairs are sharper: what drifts is the same for both', () => {
    const { low, change, probability } = paired([1.1, 1.11, 1.09, 1.1, 1.1]);
    near(change, Math.log(1.1), 0.001);
    assert.ok(low > 0.05 && probability < 0.001);
    assert.ok(paired([1.02, 0.97, 1.01]).probability > 0.3);
  });
});

test('runs that vary far more than usual are judged by themselves, not by experience', () => {
  const wild = [100, 124, 88, 113, 79];
  const { probability, low, high } = predict(wild, 135);
  // Student's t of their logarithms: mean 4.600, deviation 0.182, t 1.529 with 4 degrees of freedom.
  near(probability, 0.10052, 1e-5);
  assert.ok(low < -0.1 && high > 0.7, `${low} … ${high}`);
  assert.ok(paired([1.3, 0.8, 1.25]).probability > 0.2);
});

describe('what varies within runs', () => {
  const block = (value: number, count = 100) => {
    const one = {
      ...noTimes,
      count,
      layout: twoDigits,
      cells: Uint16Array.of(value),
      counts: Uint32Array.of(count),
    };
    return { count, errors: 0, histogram: count === 0 ? '' : encodeNarrow(one) };
  };
  const run = (...blocks: ReturnType<typeof block>[]) => ({
    step: 0,
    label: null,
    kind: 'request' as const,
    seconds: 20,
    blocks,
  });

  test('is the n-th part of the variance of its blocks', () => {
    // The logarithms of 100, 110 and 120 have a variance of 0.008320.
    near(varianceWithin([run(block(100), block(110), block(120))], 'p95'), 0.00832 / 3, 1e-5);
    near(varianceWithin([run(block(7, 100), block(7, 110), block(7, 120))], 'rate'), 0.00832 / 3, 1e-5);
  });

  test('is not known of runs with few blocks', () => {
    assert.equal(varianceWithin([], 'p95'), 0);
    assert.equal(varianceWithin([run(block(100), block(0, 0), block(120))], 'p50'), 0);
  });

  test('makes a change less sure', () => {
    const runs = [100, 103, 97, 101, 99];
    assert.ok(predict(runs, 110, 0.03 ** 2).probability > 2 * predict(runs, 110).probability);
    const pairs = [1.1, 1.12, 1.09];
    assert.ok(paired(pairs, 0.03 ** 2).probability > paired(pairs).probability);
  });
});
