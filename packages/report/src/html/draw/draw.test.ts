import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pack, unpack } from './packed.ts';
import { bandPath, dotsPath, linePath, stairPath, strokesPath } from './path.ts';
import { latencyScale, linearScale, logScale, ROUND_STEPS, timeTicks } from './scale.ts';

const value = fc.double({ min: 0, max: 5e9, noNaN: true });

describe('scales', () => {
  test('of rates begin at zero and hold every value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (highest) => {
        const scale = linearScale(highest);
        assert.equal(scale.from, 0);
        assert.ok(scale.to >= highest * 0.999999);
        assert.ok(scale.ticks.length <= 7);
        assert.equal(scale.place(0), 0);
        assert.ok(linearScale(highest, 3, ROUND_STEPS).ticks.length <= 6);
      }),
    );
  });

  test('of latencies are logarithmic beyond two decades', () => {
    assert.equal(latencyScale([1_000, null, 90_000]).isLog, false);
    assert.equal(latencyScale([1_000, 110_000]).isLog, true);
    assert.equal(latencyScale([]).to, 1);
  });

  test('with logarithms place decades evenly and hold every value', () => {
    const scale = logScale(1_000, 1_000_000);
    assert.deepEqual(scale.ticks, [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]);
    assert.ok(Math.abs(scale.place(10_000) - 1 / 3) < 1e-9);
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 1e7, noNaN: true }),
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        (low, times) => {
          const { from, to, ticks } = logScale(low, low * times);
          assert.ok(from <= low * 1.01 && to >= low * times * 0.99);
          assert.ok(ticks.length >= 2 && ticks.length <= 14, `${ticks.length}`);
        },
      ),
    );
  });

  test('of time have at most nine ticks at round moments', () => {
    assert.deepEqual(timeTicks(0, 60_000, 5), [0, 15_000, 30_000, 45_000, 60_000]);
    assert.deepEqual(timeTicks(0, 60_000), [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 500_000_000 }), (end) =>
        assert.ok(timeTicks(0, end).length <= 9),
      ),
    );
  });
});

describe('paths', () => {
  const grid = { from: 0, width: 1000, end: 4000 };
  const scale = linearScale(4, 4);

  test('are relative, in whole numbers, and break where there is no value', () => {
    assert.equal(linePath([4, 2, 2, 0], grid, scale), 'M600 0l1200 500h1200l1200 500');
    assert.equal(linePath([4, 4, null, 1], grid, scale), 'M600 0h1200');
    assert.equal(dotsPath([4, 4, null, 1], grid, scale), 'M4200 750h0');
    assert.equal(bandPath([0, 0], [4, 2], grid, scale), 'M600 0l1200 500v500h-1200z');
    assert.equal(stairPath([1, 1, 2, 2], grid, scale), 'M0 750h2400v-250h2400');
    assert.equal(strokesPath([0, 2, 0, 0], grid, scale), 'M1800 1000V500');
    assert.equal(linePath([], grid, scale), '');
  });

  test('of 1,200 points stay below 10 KB', () => {
    const values = Array.from({ length: 1200 }, (_, i) => 2 + 1.5 * Math.sin(i / 9));
    assert.ok(linePath(values, { from: 0, width: 1, end: 1200 }, scale).length < 10_000);
  });
});

test('packed numbers come back within 0.02 %, gaps as gaps, zeros as zeros', () => {
  const column = fc.array(fc.option(value, { nil: null }), { maxLength: 50 });
  fc.assert(
    fc.property(column, (values) => {
      const back = unpack(pack(values), values.length);
      assert.equal(back.length, values.length);
      values.forEach((wanted, i) => {
        const found = back[i]!;
        if (wanted === null) assert.equal(found, null);
        else assert.ok(Math.abs(found - wanted) <= (1 + wanted) * 0.0002, `${wanted} ${found}`);
      });
    }),
  );
  assert.equal(pack([0, 0, 0]), '');
});
