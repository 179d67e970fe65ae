import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { axisCount, axisLatency, formatClock, formatMoment } from './axis.ts';
import { formatDuration, formatRelativeTime, parseDuration, spellDuration } from './duration.ts';
import { formatLatency } from './latency.ts';
import { formatBytes, formatChange, formatCount, formatPercent, formatRate } from './numbers.ts';

function table<T>(name: string, format: (value: T) => unknown, rows: [T, unknown][]) {
  describe(name, () => {
    for (const [value, expected] of rows) {
      test(`${JSON.stringify(value)} → ${expected}`, () => assert.equal(format(value), expected));
    }
  });
}

table('formatLatency', formatLatency, [
  [null, '–'],
  [Number.NaN, '–'],
  [0, '0 µs'],
  [7, '7 µs'],
  [820, '820 µs'],
  [999.4, '999 µs'],
  [999.6, '1.00 ms'],
  [1_000, '1.00 ms'],
  [9_996, '10.0 ms'],
  [14_213, '14.2 ms'],
  [99_960, '100 ms'],
  [412_000, '412 ms'],
  [999_400, '999 ms'],
  [999_700, '1.00 s'],
  [1_344_900, '1.34 s'],
  [61_000_000, '61.0 s'],
  [1_234_500_000, '1\u202f235 s'],
]);

table('axisLatency', axisLatency, [
  [0, '0'],
  [500, '500 µs'],
  [1_000, '1 ms'],
  [300_000, '300 ms'],
  [1_500_000, '1.5 s'],
]);

table('axisCount', axisCount, [
  [0, '0'],
  [2.5, '2.5'],
  [50, '50'],
  [9_000, '9\u202f000'],
  [25_000, '25 k'],
  [1e6, '1 M'],
]);

table('formatMoment', formatMoment, [
  [0, '0'],
  [45_000, '45s'],
  [90_000, '1m 30s'],
  [3_600_000, '1h'],
  [7_505_000, '2h 5m 5s'],
]);

table('formatClock', formatClock, [
  [0, '0:00'],
  [65, '1:05'],
  [3_700, '1:01:40'],
]);

table('formatCount', formatCount, [
  [0, '0'],
  [999, '999'],
  [1_000, '1\u202f000'],
  [1_234_567, '1\u202f234\u202f567'],
  [-12_345, '-12\u202f345'],
  [null, '–'],
]);

table('formatRate', formatRate, [
  [0, '0/s'],
  [0.5, '0.5/s'],
  [50, '50/s'],
  [430.4, '430/s'],
  [12_345, '12\u202f345/s'],
]);

table('formatBytes', formatBytes, [
  [0, '0 B'],
  [12, '12 B'],
  [1_213, '1.21 kB'],
  [999_900, '1.00 MB'],
  [3_400_000_000, '3.40 GB'],
]);

table('formatChange', formatChange, [
  [0.1234, '+12.3 %'],
  [-0.5, '−50 %'],
  [-0.0001, '±0 %'],
]);

table('formatPercent', formatPercent, [
  [0, '0 %'],
  [0.000001, '< 0.001 %'],
  [0.0000123, '0.00123 %'],
  [0.00996, '0.996 %'],
  [0.0123, '1.23 %'],
  [0.5, '50 %'],
  [0.99999, '99.99 %'],
  [0.9995, '99.95 %'],
  [1, '100 %'],
]);

table('formatDuration', formatDuration, [
  [0, '0s'],
  [0.4, '0.4 ms'],
  [820, '820 ms'],
  [999.7, '1s'],
  [1_500, '1.5s'],
  [14_000, '14s'],
  [59_600, '1m'],
  [134_000, '2m 14s'],
  [3_600_000, '1h'],
  [3_599_800, '1h'],
  [3_720_000, '1h 2m'],
  [90_000_000, '1d 1h'],
]);

table('spellDuration', spellDuration, [
  [30_000, '30 s'],
  [120_000, '2 min'],
  [90_000, '1 min 30 s'],
  [5_400_000, '1 h 30 min'],
]);

table('parseDuration', parseDuration, [
  [120, 120_000],
  ['120', 120_000],
  ['2m', 120_000],
  ['30s', 30_000],
  ['500ms', 500],
  ['1h30m', 5_400_000],
  ['1h 30m', 5_400_000],
  ['1.5s', 1_500],
  ['1d', 86_400_000],
  ['0.1s', 100],
  ['', null],
  ['m', null],
  ['2 minutes', null],
  ['30m1h', null],
  ['1m2m', null],
  ['-5s', null],
  [-5, null],
  [Number.NaN, null],
  ['1e9', null],
  ['９s', null],
]);

table('formatRelativeTime', (ago: number) => formatRelativeTime(1e12 - ago, 1e12), [
  [0, 'just now'],
  [12_000, '12 s ago'],
  [180_000, '3 min ago'],
  [7_200_000, '2 h ago'],
  [86_400_000, '1 day ago'],
  [40 * 86_400_000, '1 month ago'],
  [800 * 86_400_000, '2 years ago'],
  [-5_000, 'in 5 s'],
]);

test('every whole number of seconds up to ten minutes comes back from its printed form', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), (seconds) => {
      assert.equal(parseDuration(formatDuration(seconds * 1000)), seconds * 1000);
    }),
  );
});

test('a latency never shows more or fewer than three significant digits above a millisecond', () => {
  fc.assert(
    fc.property(fc.double({ min: 1_000, max: 999_000_000, noNaN: true }), (us) => {
      const digits = formatLatency(us).replace(/\D/g, '');
      assert.equal(digits.length, 3);
    }),
  );
});
