import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as hdr from 'hdr-histogram-js';
import { encodeNarrow } from './encode.ts';
import { cellOf, highestOf, layouts, lowestOf } from './layout.ts';
import { addTimes, readHistograms } from './sum.ts';
import { countBelow, noTimes, rankOf, type Times, timeAt } from './times.ts';

const quantile = (times: Times, q: number) => timeAt(times, q) ?? 0;

const microseconds = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 3_600_000_000 }),
  fc.integer({ min: 0, max: 2 ** 45 }),
);
const digits = fc.integer({ min: 1, max: 4 });
const quantiles = [0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

function record(values: readonly number[], significant: number): hdr.Histogram {
  const histogram = hdr.build({
    numberOfSignificantValueDigits: significant as 1 | 2 | 3,
    bitBucketSize: 64,
  });
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

const encode = (histogram: hdr.Histogram) =>
  histogram.totalCount === 0 ? '' : hdr.encodeIntoCompressedBase64(histogram);

const decodeHistogram = (text: string) => readHistograms([text]);

describe('buckets', () => {
  test('hold their values and are as narrow as their digits promise', () => {
    fc.assert(
      fc.property(microseconds, digits, (value, significant) => {
        const layout = layouts[significant]!;
        const cell = cellOf(value, layout);
        assert.ok(lowestOf(cell, layout) <= value && value <= highestOf(cell, layout));
        assert.ok(highestOf(cell, layout) - lowestOf(cell, layout) <= value / 10 ** significant);
        assert.equal(highestOf(cell, layout) + 1, lowestOf(cell + 1, layout));
      }),
    );
  });
});

describe('a decoded histogram', () => {
  test('has the percentiles of the library that wrote it', () => {
    fc.assert(
      fc.property(fc.array(microseconds, { maxLength: 300 }), digits, (values, significant) => {
        const written = record(values, significant);
        const read = decodeHistogram(encode(written));
        assert.equal(read.count, values.length);
        for (const q of quantiles)
          assert.equal(quantile(read, q), written.getValueAtPercentile(q * 100), `${q}`);
      }),
    );
  });

  test('says what is wrong with text that is none', () => {
    assert.throws(() => decodeHistogram('AAAA'), /not an HdrHistogram/);
    assert.throws(() => decodeHistogram('HISTFAAAABx4nJNpmSzMwMDAzAABMJoRAA'), /damaged/);
  });

  test('that is damaged anywhere is refused or read, and never hangs', () => {
    const texts = [
      encode(record([1, 5_000, 60_000_000], 3)),
      encodeNarrow(decodeHistogram(encode(record([1, 5_000, 70_000], 2)))),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(400), fc.nat(255), fc.nat(400), (text, at, byte, end) => {
        const bytes = Buffer.from(text, 'base64').subarray(0, end);
        if (at < bytes.length) bytes[at] = byte;
        try {
          assert.ok(decodeHistogram(bytes.toString('base64')).count >= 0);
        } catch (error) {
          assert.match((error as Error).message, /HdrHistogram/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('added histograms', () => {
  test('have exactly the percentiles of one that recorded everything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(microseconds, { maxLength: 100 }), { maxLength: 9 }),
        digits,
        (parts, significant) => {
          const pooled = record(parts.flat(), significant);
          const encoded = parts.map((part) => encode(record(part, significant)));
          assert.deepEqual(readHistograms(encoded), addTimes(encoded.map(decodeHistogram)));
          const merged = addTimes(parts.map((part) => decodeHistogram(encode(record(part, significant)))));
          assert.equal(merged.count, pooled.totalCount);
          for (const q of quantiles) assert.equal(quantile(merged, q), pooled.getValueAtPercentile(q * 100));
        },
      ),
    );
  });

  test('of different digits keep the fewer digits', () => {
    const merged = addTimes(
      [record([1_234_567], 3), record([1_234_567], 2)].map(encode).map(decodeHistogram),
    );
    assert.equal(merged.count, 2);
    assert.equal(quantile(merged, 1), record([1_234_567], 2).getValueAtPercentile(100));
  });

  test('of nothing are empty', () => {
    assert.equal(addTimes([]), noTimes);
    assert.equal(quantile(noTimes, 0.5), 0);
  });
});

test('the rank of a quantile is exact where floating point is not', () => {
  assert.equal(rankOf(0.999, 1000), 999);
  assert.equal(rankOf(99.9 / 100, 1000), 999);
  for (let count = 1; count <= 5000; count++) {
    for (const [q, per] of [
      [0.5, 2],
      [0.95, 20],
      [0.99, 100],
      [0.999, 1000],
      [0.9999, 10_000],
    ] as const)
      assert.equal(rankOf(q, count), Math.max(1, count - Math.floor(count / per)), `${q} of ${count}`);
  }
  // 999 of 1,000 are a millisecond or less, one is 900.
  const sum = record([...Array.from({ length: 999 }, () => 1000), 900_000], 3);
  assert.equal(quantile(decodeHistogram(encode(sum)), 0.999), 1000);
});

test('countBelow counts what is faster than a bound', () => {
  const histogram = decodeHistogram(
    encode(record([100, 200, 1_499_000, 1_500_000, 1_510_000, 9_000_000], 3)),
  );
  assert.equal(countBelow(histogram, 200), 1);
  assert.equal(countBelow(histogram, 1_500_000), 4, 'its bucket begins below the bound');
  assert.equal(countBelow(histogram, 1e12), 6);
});
