import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Interval, recoveredAt, steadyState } from './recovery.ts';

const upTo1Percent = (ratio: number) => ratio < 0.01;

/** Seconds from a moment on, each [requests, p95 in ms, errors]. */
function seconds(from: number, ...list: [count: number, p95?: number, errors?: number][]): Interval[] {
  return list.map(([count, p95 = 10, errors = 0], i) => ({
    at: from + i * 1000,
    width: 1000,
    count,
    errors,
    p95: count === 0 ? null : p95 * 1000,
    isRecorded: true,
  }));
}

const repeat = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);
const calm = seconds(0, ...repeat<[number]>(30, [100]));
const steady = steadyState(calm, 10_000, upTo1Percent)!;

describe('a steady state', () => {
  test('has a rate and a p95', () => assert.deepEqual([steady.rate, steady.p95], [100, 10_000]));

  const rows: [name: string, intervals: Interval[], isSteady: boolean][] = [
    ['ten seconds are enough', calm.slice(0, 10), true],
    ['nine are not', calm.slice(0, 9), false],
    [
      'what was not recorded does not count',
      calm.slice(0, 12).map((one, i) => ({ ...one, isRecorded: i > 3 })),
      false,
    ],
    ['nothing finished', seconds(0, ...repeat<[number]>(30, [0])), false],
    ['errors at their bound', seconds(0, ...repeat<[number, number, number]>(30, [100, 10, 1])), false],
    [
      'errors below it',
      seconds(0, ...repeat<[number, number, number]>(29, [100, 10, 0]), [100, 10, 1]),
      true,
    ],
    [
      'a rate that rises by a third',
      seconds(0, ...repeat<[number]>(15, [75]), ...repeat<[number]>(15, [101])),
      false,
    ],
    [
      'a rate that rises by a fifth',
      seconds(0, ...repeat<[number]>(15, [80]), ...repeat<[number]>(15, [100])),
      true,
    ],
  ];
  for (const [name, intervals, isSteady] of rows) {
    test(name, () => assert.equal(steadyState(intervals, 10_000, upTo1Percent) !== null, isSteady));
  }
});

describe('recovered', () => {
  const good = repeat<[number]>(10, [100]);
  const rows: [name: string, after: Interval[], at: number | null | 'untold'][] = [
    ['at once', seconds(0, ...good), 0],
    ['after three bad seconds', seconds(0, [0], [10], [89], ...good), 3000],
    ['a rate of exactly 90 % is good', seconds(0, ...repeat<[number]>(5, [90])), 0],
    ['a p95 of exactly 1.5 times is good', seconds(0, ...repeat<[number, number]>(5, [100, 15])), 0],
    ['a p95 above is not', seconds(0, ...repeat<[number, number]>(9, [100, 15.1])), null],
    [
      'one error in a hundred is at the bound',
      seconds(0, ...repeat<[number, number, number]>(9, [100, 10, 1])),
      null,
    ],
    ['four good seconds are not five', seconds(0, ...good.slice(0, 4), [0], ...good), 5000],
    ['never', seconds(0, ...repeat<[number]>(20, [0])), null],
    ['the load ended too early to tell', seconds(0, [0], ...good.slice(0, 4)), 'untold'],
    ['the load ended with the fault', [], 'untold'],
    [
      'what was not recorded is not good',
      seconds(0, ...good).map((one) => ({ ...one, isRecorded: false })),
      'untold',
    ],
  ];
  for (const [name, after, at] of rows) {
    test(name, () => assert.equal(recoveredAt(after, steady, upTo1Percent), at));
  }

  test('what scattered before may scatter after', () => {
    const uneven = seconds(0, ...repeat<[number]>(25, [100]), [70], [130], [70, 25], [130], [100]);
    const before = steadyState(uneven, 10_000, upTo1Percent)!;
    const after = seconds(0, [70], [130], [100, 25], [75], [100]);
    assert.equal(recoveredAt(after, before, upTo1Percent), 0);
    assert.equal(recoveredAt(after, steady, upTo1Percent), 'untold');
  });

  test('where intervals are wide, so many as make five seconds', () => {
    const wide = seconds(0, [100], [100]).map((one, i) => ({
      ...one,
      at: i * 4000,
      width: 4000,
      count: 400,
    }));
    assert.equal(recoveredAt(wide, steady, upTo1Percent), 0);
  });
});
