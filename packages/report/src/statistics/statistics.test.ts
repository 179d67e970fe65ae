import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readTimes } from '@marteau/measure';
import { Recorder } from '../fixtures/recorder.ts';
import { bucketBegin, bucketsOf } from './buckets.ts';
import { spectrumOf } from './spectrum.ts';
import { neededFor, spreadOf } from './spread.ts';
import { apdexOf } from './statistics.ts';

/** The decoded times of some values in µs. */
function timesOf(values: readonly number[]) {
  const recorder = new Recorder(3);
  for (const value of values) recorder.record(value);
  return readTimes([recorder.distribution()]);
}

const second = 1_000_000;
const repeated = (count: number, value: number) => new Array<number>(count).fill(value);

describe('percentiles', () => {
  for (const [q, needed] of [
    [0.5, 20],
    [0.9, 100],
    [0.95, 200],
    [0.99, 1_000],
    [0.999, 10_000],
    [0.1, 100],
  ] as const) {
    test(`p${q * 100} needs ${needed} values`, () => assert.equal(neededFor(q), needed));
  }

  test('of 1 … 1,000 are what HdrHistogram says', () => {
    const spread = spreadOf(timesOf(Array.from({ length: 1_000 }, (_, i) => i + 1)));
    assert.deepEqual(spread, {
      count: 1_000,
      min: 1,
      avg: 500.5,
      p10: 100,
      p50: 500,
      p90: 900,
      p95: 950,
      p99: 990,
      p999: null,
      max: 1_000,
    });
  });

  test('over quantiles end where too few values lie above', () => {
    const spectrum = spectrumOf(timesOf(Array.from({ length: 1_000 }, (_, i) => i + 1)));
    assert.deepEqual(spectrum[0], { quantile: 0.5, time: 500 });
    assert.deepEqual(spectrum.at(-1), { quantile: 0.99, time: 990 });
  });

  test('one value fewer hides p99', () => {
    assert.equal(spreadOf(timesOf(Array.from({ length: 999 }, (_, i) => i + 1))).p99, null);
  });

  test('never exceed the exact maximum', () => {
    const value = 1_234_567_891;
    const spread = spreadOf(timesOf(repeated(10_000, value)));
    assert.deepEqual([spread.p50, spread.p999, spread.max], [value, value, value]);
  });

  test('of nothing are nothing', () => {
    assert.deepEqual(spreadOf(timesOf([])), {
      count: 0,
      min: null,
      avg: null,
      p10: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
    });
  });
});

describe('Apdex', () => {
  const apdex = (
    values: readonly number[],
    errorTimes: readonly number[] | null,
    errors: number,
    threshold: number,
  ) =>
    apdexOf(
      {
        errors,
        time: timesOf(values),
        errorTime: errorTimes && timesOf(errorTimes),
      },
      threshold,
    );

  test('the Alliance’s example: 60 satisfied, 30 tolerating, 10 frustrated of 100 is 0.75, fair', () => {
    const values = [...repeated(60, 2 * second), ...repeated(30, 8 * second), ...repeated(10, 20 * second)];
    assert.deepEqual(apdex(values, [], 0, 3 * second), { score: 0.75, rating: 'fair' });
  });

  test('a fast failure is frustrated', () => {
    const values = repeated(100, 1_000);
    assert.deepEqual(apdex(values, repeated(50, 1_000), 50, 1.5 * second), { score: 0.5, rating: 'poor' });
  });

  test('a slow failure takes nothing from those who were satisfied', () => {
    const values = [...repeated(90, 1_000), ...repeated(10, 60 * second)];
    assert.equal(apdex(values, repeated(10, 60 * second), 10, 1.5 * second)?.score, 0.9);
  });

  test('errors of unknown time count as the fastest', () => {
    const values = [...repeated(90, 1_000), ...repeated(10, 60 * second)];
    assert.equal(apdex(values, null, 10, 1.5 * second)?.score, 0.8);
  });

  for (const [satisfied, rating] of [
    [100, 'excellent'],
    [94, 'excellent'],
    [93, 'good'],
    [85, 'good'],
    [84, 'fair'],
    [70, 'fair'],
    [69, 'poor'],
    [50, 'poor'],
    [49, 'unacceptable'],
    [0, 'unacceptable'],
  ] as const) {
    test(`${satisfied} of 100 satisfied is ${rating}`, () => {
      const values = [...repeated(satisfied, 1_000), ...repeated(100 - satisfied, 60 * second)];
      assert.equal(apdex(values, [], 0, 1.5 * second)?.rating, rating);
    });
  }

  test('of nothing is nothing', () => assert.equal(apdex([], [], 0, second), null));
});

describe('buckets', () => {
  test('count every value once, 20 to a decade', () => {
    const values = [0, 1, 10, 99, 1_000, 1_100, 1_130, 950_000];
    const buckets = bucketsOf(timesOf(values));
    assert.equal(
      buckets.counts.reduce((a, b) => a + b, 0),
      values.length,
    );
    const at = (value: number) => buckets.counts[Math.floor(Math.log10(value) * 20 + 1e-9) - buckets.first];
    assert.equal(at(1), 2, '0 counts as 1 µs');
    assert.equal(at(1_000), 2, '1.00 and 1.10 ms share a bucket that ends at 1.12 ms');
    assert.equal(at(1_130), 1);
    assert.equal(bucketBegin(60), 1_000);
  });
});
