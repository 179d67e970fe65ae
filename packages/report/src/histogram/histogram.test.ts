import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as hdr from 'hdr-histogram-js';
import { encodeHistogram } from './encode.ts';
import { countBelow, emptyHistogram, type Histogram, quantilesOf } from './histogram.ts';
import { highest, indexOf, layoutOf, lowest } from './layout.ts';
import { addEncoded, addHistograms } from './sum.ts';

const quantile = (histogram: Histogram, q: number) => quantilesOf(histogram, [q])[0]!;

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

const decodeHistogram = (text: string) => addEncoded([text]);

describe('buckets', () => {
  test('hold their values and are as narrow as their digits promise', () => {
    fc.assert(
      fc.property(microseconds, digits, (value, significant) => {
        const layout = layoutOf(significant);
        const index = indexOf(layout, value);
        assert.ok(lowest(layout, index) <= value && value <= highest(layout, index));
        assert.ok(highest(layout, index) - lowest(layout, index) <= value / 10 ** significant);
        assert.equal(highest(layout, index) + 1, lowest(layout, index + 1));
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
        assert.equal(read.total, values.length);
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
      encodeHistogram(decodeHistogram(encode(record([1, 5_000, 70_000], 2)))),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(400), fc.nat(255), fc.nat(400), (text, at, byte, end) => {
        const bytes = Buffer.from(text, 'base64').subarray(0, end);
        if (at < bytes.length) bytes[at] = byte;
        try {
          assert.ok(decodeHistogram(bytes.toString('base64')).total >= 0);
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
          assert.deepEqual(addEncoded(encoded), addHistograms(encoded.map(decodeHistogram)));
          const merged = addHistograms(
            parts.map((part) => decodeHistogram(encode(record(part, significant)))),
          );
          assert.equal(merged.total, pooled.totalCount);
          for (const q of quantiles) assert.equal(quantile(merged, q), pooled.getValueAtPercentile(q * 100));
        },
      ),
    );
  });

  test('of different digits keep the fewer digits', () => {
    const merged = addHistograms(
      [record([1_234_567], 3), record([1_234_567], 2)].map(encode).map(decodeHistogram),
    );
    assert.equal(merged.total, 2);
    assert.equal(quantile(merged, 1), record([1_234_567], 2).getValueAtPercentile(100));
  });

  test('of nothing are empty', () => {
    assert.equal(addHistograms([]), emptyHistogram);
    assert.equal(quantile(emptyHistogram, 0.5), 0);
  });
});

test('countBelow counts what is faster than a bound', () => {
  const histogram = decodeHistogram(
    encode(record([100, 200, 1_499_000, 1_500_000, 1_510_000, 9_000_000], 3)),
  );
  assert.equal(countBelow(histogram, 200), 1);
  assert.equal(countBelow(histogram, 1_500_000), 4, 'its bucket begins below the bound');
  assert.equal(countBelow(histogram, 1e12), 6);
});
