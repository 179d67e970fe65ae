import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTimes } from '@marteau/measure';
import fc from 'fast-check';
import { Recorder } from '../fixtures/recorder.ts';
import type { Cell } from '../merge/merged.ts';
import { coarser, seriesOf } from './series.ts';

function cell(values: readonly number[], worst: Partial<Cell['worst']> = {}): Cell {
  const recorder = new Recorder(2);
  for (const value of values) recorder.record(value);
  const time = readTimes([recorder.distribution()]);
  return {
    count: values.length,
    errors: 0,
    bytesIn: 0,
    time,
    worst: { minCount: values.length, maxCount: values.length, errors: 0, p95: 0, ...worst },
  };
}

const values = (count: number, value: number) => new Array<number>(count).fill(value);

test('a second with 1,000 values has a p99; one with 50 has none, and so the curve of latencies is coarser', () => {
  const dense = Array.from({ length: 60 }, () => cell(values(1_000, 5_000)));
  const fine = seriesOf(dense, { width: 1000, length: 60 });
  assert.equal(fine.latency.width, 1000);
  assert.equal(fine.latency.p99[0], 5_000);
  const thin = Array.from({ length: 60 }, () => cell(values(60, 5_000)));
  const coarse = seriesOf(thin, { width: 1000, length: 60 });
  assert.equal(coarse.throughput.width, 1000, 'counts stay as fine as they were');
  assert.equal(coarse.latency.width, 4000);
  assert.deepEqual([coarse.latency.p95[0], coarse.latency.p99[0]], [5_000, null]);
});

test('a coarser curve keeps every count and the worst second', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 100 }),
      (counts, points) => {
        const cells = counts.map((count) => (count === 0 ? null : cell(values(count, 100 + count))));
        const grid = { width: 1000, length: cells.length };
        const recorded = cells.map(() => true);
        const less = coarser(cells, grid, points, recorded);
        assert.ok(less.cells.length <= points);
        assert.equal(less.grid.length, less.cells.length);
        const { throughput } = seriesOf(less.cells, less.grid);
        const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
        assert.equal(sum(throughput.count), sum(counts));
        assert.equal(Math.max(...throughput.highest), Math.max(...counts));
        assert.equal(Math.min(...throughput.lowest), Math.min(...counts));
      },
    ),
  );
});

test('a two-second outage stays visible in a four-hour run', () => {
  const cells = Array.from({ length: 1200 }, (_, i) =>
    cell(values(1_200, 9_000), { minCount: i === 700 ? 0 : 95, maxCount: 105 }),
  );
  const { throughput } = seriesOf(cells, { width: 12_000, length: 1200 });
  assert.equal(throughput.lowest[700], 0);
  assert.equal(throughput.lowest.filter((count) => count === 0).length, 1);
});
