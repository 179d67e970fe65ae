import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { build, decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { encodeHistogram } from './encode.ts';
import { Histogram } from './histogram.ts';
import { cellOf, HIGHEST, highestOf, lowestOf, threeDigits, twoDigits } from './layout.ts';
import { addTimes } from './sum.ts';
import { timeAt } from './times.ts';

const values = fc.array(
  fc.oneof(fc.nat(3000), fc.nat(2_000_000), fc.integer({ min: 1, max: HIGHEST }), fc.constant(HIGHEST)),
  { minLength: 1, maxLength: 300 },
);
const layouts = fc.constantFrom(twoDigits, threeDigits);

function histogramOf(numbers: number[], layout = threeDigits): Histogram {
  const histogram = new Histogram(layout);
  for (const value of numbers) histogram.record(value);
  return histogram;
}

describe('a histogram', () => {
  it('puts every value into the cell whose bounds hold it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: HIGHEST }), layouts, (value, layout) => {
        const cell = cellOf(value, layout);
        assert.ok(lowestOf(cell, layout) <= value && value <= highestOf(cell, layout));
        assert.equal(cellOf(lowestOf(cell, layout), layout), cell);
        assert.equal(
          cellOf(highestOf(cell, layout), layout),
          cellOf(Math.min(highestOf(cell, layout), HIGHEST), layout),
        );
      }),
    );
  });

  it('is read by hdr-histogram-js as if that had recorded it', () => {
    fc.assert(
      fc.property(values, layouts, (numbers, layout) => {
        const reference = build({
          lowestDiscernibleValue: 1,
          highestTrackableValue: HIGHEST,
          numberOfSignificantValueDigits: layout.digits as 2 | 3,
        });
        for (const value of numbers) reference.recordValue(value);
        const decoded = decodeFromCompressedBase64(encodeHistogram(histogramOf(numbers, layout).times()));
        assert.equal(decoded.totalCount, numbers.length);
        for (const p of [0, 10, 50, 90, 95, 99, 99.9, 100]) {
          assert.equal(decoded.getValueAtPercentile(p), reference.getValueAtPercentile(p));
        }
      }),
    );
  });

  it('knows its percentiles within the digits it keeps', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), (numbers, percent) => {
        const summary = histogramOf(numbers).times();
        const sorted = [...numbers].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1]!;
        const found = timeAt(summary, percent / 100)!;
        assert.ok(found >= exact && found <= exact * 1.001 + 1, `${found} for ${exact}`);
        assert.ok(found <= summary.max);
      }),
    );
  });

  it('merges parts, finer ones too, to what one histogram would have counted', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = addTimes([histogramOf(a).times(), histogramOf(b).times()], twoDigits);
        assert.deepEqual(merged, histogramOf([...a, ...b], twoDigits).times());
      }),
    );
  });

  it('is empty again after a reset', () => {
    const histogram = histogramOf([1, 5000, 3_000_000]);
    histogram.reset();
    assert.deepEqual(histogram.times(), new Histogram(threeDigits).times());
    assert.equal(timeAt(histogram.times(), 0.99), null);
  });
});
