import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addTimes, type Measurements, readTimes, timeAt } from '@marteau/measure';
import fc from 'fast-check';
import { atRate, cycles } from '../fixtures/plans.ts';
import { Recorder } from '../fixtures/recorder.ts';
import { cartFailures, shop } from '../fixtures/shop.ts';
import { simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from './merge-measurements.ts';

const startedAt = '2026-11-21T09:29:58.004Z';
const simulation = { seed: 3, startedAt, plan: cycles([4, 8], 5), labels: shop, perUser: 6 };

/** One share that measured these times of one label in one stage, all in its first second. */
function share(times: readonly number[], index: number, of: number): Measurements {
  const exact = new Recorder(3);
  const coarse = new Recorder(2);
  for (const time of times) {
    exact.record(time);
    coarse.record(time);
  }
  const [empty] = simulate({ ...simulation, labels: [] });
  const point = {
    at: 0,
    width: 1000,
    count: times.length,
    errors: 0,
    bytesIn: 0,
    time: coarse.distribution(),
  };
  const stats = {
    step: 0,
    count: times.length,
    errors: 0,
    unfinished: 0,
    oldestUnfinished: 0,
    time: exact.distribution(),
    service: null,
    outcomes: { 200: times.length },
    bytesIn: 0,
    bytesOut: 0,
    phases: {},
    peak: times.length,
  };
  const worst = { minCount: times.length, maxCount: times.length, errors: 0, p95: coarse.percentile(95) };
  return {
    ...empty!,
    share: { index, of },
    labels: [{ kind: 'request', name: 'GET /', steps: [stats], series: [{ ...point, worst }] }],
  };
}

describe('merged shares', () => {
  test('have exactly the percentiles of one histogram that recorded everything', () => {
    const times = fc.array(fc.integer({ min: 1, max: 60_000_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 9 }), (parts) => {
        const merged = mergeMeasurements(parts.map((part, i) => share(part, i, parts.length)));
        const label = merged.labels[0]!;
        const pooled = new Recorder(3);
        const pooledSecond = new Recorder(2);
        for (const time of parts.flat()) {
          pooled.record(time);
          pooledSecond.record(time);
        }
        const one = readTimes([pooled.distribution()]);
        const stats = label.steps[0]!;
        assert.deepEqual([stats.count, stats.time.count], [one.count, one.count]);
        assert.deepEqual([stats.time.min, stats.time.max, stats.time.sum], [one.min, one.max, one.sum]);
        for (const q of [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999])
          assert.equal(timeAt(stats.time, q), timeAt(one, q));
        const cell = label.cells[0]?.time;
        assert.equal(timeAt(cell!, 0.95), timeAt(readTimes([pooledSecond.distribution()]), 0.95));
      }),
    );
  });

  test('do not depend on the order in which they came', () => {
    const shares = simulate({ ...simulation, shares: 3 });
    assert.deepEqual(mergeMeasurements(shares.toReversed()), mergeMeasurements(shares));
  });

  test('add counts, errors, bytes, outcomes and phases', () => {
    const shares = simulate({ ...simulation, shares: 3 });
    const merged = mergeMeasurements(shares);
    const sum = (pick: (share: Measurements) => number) =>
      shares.reduce((total, one) => total + pick(one), 0);
    merged.labels.forEach((label, i) => {
      label.steps.forEach((stats, j) => {
        const part = (one: Measurements) => one.labels[i]!.steps[j]!;
        assert.equal(
          stats.count,
          sum((one) => part(one).count),
        );
        assert.equal(
          stats.bytesIn,
          sum((one) => part(one).bytesIn),
        );
        assert.equal(
          stats.outcomes['200'] ?? 0,
          sum((one) => part(one).outcomes['200'] ?? 0),
        );
        assert.equal(
          stats.phases.waiting?.count ?? 0,
          sum((one) => part(one).phases.waiting?.count ?? 0),
        );
      });
      const counted = label.cells.reduce((total, cell) => total + (cell?.count ?? 0), 0);
      assert.equal(
        counted,
        sum((one) => one.labels[i]!.series.reduce((total, { count }) => total + count, 0)),
      );
    });
    assert.equal(
      merged.load[3]?.users,
      sum((one) => one.load[3]!.users),
    );
    assert.equal(merged.nodes.length, 3);
  });

  test('of different interval widths are put on the coarser grid, and nothing is lost', () => {
    const [fine] = simulate({ ...simulation, plan: atRate(20, 600), shares: 2 });
    const coarse = simulate({ ...simulation, plan: atRate(20, 2_000), shares: 2 })[1]!;
    const merged = mergeMeasurements([fine!, coarse]);
    assert.deepEqual(merged.grid, { width: 2_000, length: 1_000 });
    const total = merged.labels[3]!.cells.reduce((sum, cell) => sum + (cell?.count ?? 0), 0);
    const parts = [fine!, coarse].flatMap(({ labels }) => labels[3]!.series);
    assert.equal(
      total,
      parts.reduce((sum, { count }) => sum + count, 0),
    );
  });
});

describe('clocks', () => {
  const late = (ms: number) => {
    const [first, second] = simulate({ ...simulation, shares: 2 });
    const begin = new Date(Date.parse(startedAt) + ms).toISOString();
    return mergeMeasurements([first!, { ...second!, startedAt: begin, failures: [...cartFailures] }]);
  };

  test('a share that began a quarter of a second late keeps its seconds and moves its moments', () => {
    const merged = late(250);
    assert.deepEqual(merged.notes, []);
    assert.equal(merged.failures[0]?.first, cartFailures[0]!.first + 250);
    assert.equal(merged.steps[0]?.seconds, 5, 'the skew is no longer window');
  });

  test('one that seems to have begun three minutes late has a wrong clock', () => {
    const merged = late(180_000);
    assert.match(merged.notes[0] ?? '', /clocks of the nodes differ by 180 s/);
    assert.equal(merged.grid.length, 12, 'no curve of three empty minutes');
  });

  test('points that lie days away make neither a long grid nor a loss', () => {
    const [one] = simulate(simulation);
    const label = one!.labels[3]!;
    const astray = { ...label.series[0]!, at: 86_400_000 };
    const merged = mergeMeasurements([
      { ...one!, labels: [{ ...label, series: [...label.series, astray] }] },
    ]);
    assert.ok(merged.grid.length <= 1200);
    const total = merged.labels[0]!.cells.reduce((sum, cell) => sum + (cell?.count ?? 0), 0);
    const before = label.series.reduce((sum, { count }) => sum + count, 0);
    assert.equal(total, before + astray.count);
  });
});

test('failures that mean the same become one group, the most frequent first', () => {
  const [first, second] = simulate({ ...simulation, shares: 2, failures: cartFailures });
  const rare = { ...cartFailures[0]!, message: 'rare', count: 2 };
  const merged = mergeMeasurements([{ ...first!, failures: [rare, ...cartFailures] }, second!]);
  assert.deepEqual(
    merged.failures.map(({ count, message }) => [count, message.slice(0, 4)]),
    [
      [428, 'Expe'],
      [428, '503 '],
      [2, 'rare'],
    ],
  );
  assert.deepEqual(merged.failures[0]?.byStep, { 3: 428 });
  assert.equal(merged.failures[0]?.samples.length, 2);
});

test('no measurements cannot be merged', () => {
  assert.throws(() => mergeMeasurements([]), /no measurements/);
});

test('a series of hostile names keeps them apart', () => {
  const [one] = simulate(simulation);
  const label = one!.labels[3]!;
  const names = ['__proto__', 'constructor', 'toString', ''];
  const labels = names.map((name) => ({ ...label, name }));
  const merged = mergeMeasurements([{ ...one!, labels }]);
  assert.deepEqual(
    merged.labels.map(({ name }) => name),
    names,
  );
  const outcomes = { ...label.steps[0]!.outcomes, constructor: 3 };
  const odd = { ...label, steps: [{ ...label.steps[0]!, outcomes }] };
  const twice = mergeMeasurements([
    { ...one!, labels: [odd] },
    { ...one!, labels: [odd] },
  ]);
  assert.equal(twice.labels[0]?.steps[0]?.outcomes.constructor, 6);
  assert.equal(addTimes([]).count, 0);
});
