import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCount, formatDuration, formatLatency, formatRate, formatRelativeTime } from '@marteau/shared';
import fc from 'fast-check';

/** The modules of the pages are plain JavaScript for browsers; these ones need none. */
const load = (name: string) => import(new URL(`../../public/js/${name}.js`, import.meta.url).href);
const { latency, count, perSecond, clock, duration } = await load('units');
const { age } = await load('ages');
const { newSeries } = await load('series');
const { linear, logarithmic, clockTicks } = await load('scale');

test('numbers in the browser are written as on the server', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
      fc.pre(value === 0 || value > 1e-6);
      assert.equal(latency(value), formatLatency(value));
      assert.equal(count(value), formatCount(value));
      assert.equal(perSecond(value), formatRate(value));
    }),
  );
});

test('ages in the browser are written as on the server', () => {
  fc.assert(fc.property(fc.nat({ max: 2e11 }), (ms) => assert.equal(age(ms), formatRelativeTime(0, ms))));
});

test('whole seconds are written as on the server', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 23 * 3600 }), (seconds) => {
      fc.pre(seconds < 3600 || seconds % 60 < 30); // the server rounds to minutes, a clock does not
      assert.equal(duration(seconds), formatDuration(seconds * 1000));
    }),
  );
});

test('a clock counts minutes, then hours', () => {
  assert.deepEqual([0, 65, 3700].map(clock), ['0:00', '1:05', '1:01:40']);
});

test('a series keeps at most 1,200 points, and loses no request, no error and no worst second', () => {
  const series = newSeries();
  const seconds = 50_000;
  for (let second = 1; second <= seconds; second++) {
    const p95 = second === 31_234 ? 9_000_000 : 1000;
    series.add({
      second,
      recording: true,
      requests: 2,
      errors: second % 100 === 0 ? 1 : 0,
      failures: 0,
      users: 5,
      p50: 1,
      p95,
      p99: p95,
    });
  }
  const { points } = series;
  assert.ok(points.length <= 1200);
  const sum = (field: string) =>
    points.reduce((total: number, point: Record<string, number>) => total + point[field]!, 0);
  assert.equal(sum('requests'), 2 * seconds);
  assert.equal(sum('errors'), 500);
  assert.equal(sum('width'), seconds);
  assert.equal(Math.max(...points.map((point: { p95: number }) => point.p95)), 9_000_000);
  assert.equal(points.at(-1).second, seconds);
});

test('a tick that comes twice or late is not drawn twice', () => {
  const series = newSeries();
  for (const second of [1, 2, 2, 1, 3]) series.add({ second, requests: 1, recording: true });
  assert.equal(series.points.length, 3);
});

test('axes hold their values between their ends, with few round ticks', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (highest, part) => {
        const up = linear(highest, 100, 0);
        assert.ok(up.ticks.length >= 2 && up.ticks.length <= 6, `${up.ticks}`);
        assert.ok(up.at(highest * part) <= 100 && up.at(highest * part) >= -1e-6);
        const log = logarithmic(highest / 1e4, highest, 100, 0);
        const at = log.at((highest / 1e4) * (1 + part));
        assert.ok(at <= 100 + 1e-6 && at >= -1e-6);
      },
    ),
  );
  assert.deepEqual(clockTicks(60, 450), [0, 15, 30, 45, 60]);
});
