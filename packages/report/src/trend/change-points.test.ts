import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { logNormal } from '../fixtures/distributions.ts';
import { seeded } from '../statistics/random.ts';
import { changePoints } from './change-points.ts';

/** So many runs at each level, which differ among themselves by 3 %. */
function series(seed: number, levels: readonly (readonly [count: number, level: number])[]): number[] {
  const random = seeded(seed);
  return levels.flatMap(([count, level]) =>
    Array.from({ length: count }, () => logNormal(random, level, 0.03)),
  );
}

describe('change points', () => {
  test('are found where the level changed, with its size', () => {
    const points = changePoints(
      series(1, [
        [20, 100],
        [20, 130],
        [15, 90],
      ]),
    );
    assert.deepEqual(
      points.map(({ index }) => index),
      [20, 40],
    );
    assert.ok(Math.abs(points[0]!.change - 0.3) < 0.04);
    assert.ok(Math.abs(points[1]!.change + 0.31) < 0.04);
    assert.ok(Math.abs(points[0]!.before - 100) < 3);
  });

  // The Nile at Aswan, 1871 to 1970: the level fell in 1898/1899 (G. Cobb, 1978).
  test('agree with the literature on the flow of the Nile', () => {
    const nile = [
      1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799,
      958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692,
      1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744,
      796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860,
      874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919,
      718, 714, 740,
    ];
    assert.deepEqual(
      changePoints(nile).map(({ index }) => 1871 + index),
      [1899],
    );
  });

  test('of stable runs are hardly ever found', () => {
    const found = Array.from(
      { length: 300 },
      (_, seed) => changePoints(series(1000 + seed, [[40, 100]])).length,
    );
    assert.ok(
      found.filter((count) => count > 0).length <= 3,
      `${found.filter((count) => count > 0).length} of 300`,
    );
  });

  test('of a tenth more are found three runs later', () => {
    const found = Array.from({ length: 200 }, (_, seed) =>
      changePoints(
        series(5000 + seed, [
          [37, 100],
          [3, 110],
        ]),
      ),
    );
    const right = found.filter((points) => points.some(({ index }) => index >= 36 && index <= 37)).length;
    assert.ok(right >= 180, `${right} of 200`);
  });

  test('need three runs on either side, and 5 %', () => {
    assert.deepEqual(changePoints([]), []);
    assert.deepEqual(changePoints([100, 100, 200, 200]), []);
    assert.deepEqual(
      changePoints(
        series(3, [
          [30, 100],
          [30, 103],
        ]),
      ),
      [],
    );
    assert.deepEqual(changePoints(new Array(50).fill(7)), []);
    assert.equal(changePoints([5, 5, 5, 5, 9, 9, 9, 9]).length, 1);
  });
});
