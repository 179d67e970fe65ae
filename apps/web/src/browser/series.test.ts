import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSeries } from '../../public/js/run/series.ts';

const second = {
  recording: true,
  requests: 2,
  errors: 0,
  iterations: 1,
  failures: 0,
  users: 5,
  p50: 1,
  p95: 1000,
  p99: 1000,
};

test('a series keeps at most 1,200 points, and loses no request, no error and no worst second', () => {
  const series = newSeries();
  const seconds = 50_000;
  for (let i = 1; i <= seconds; i++) {
    const p95 = i === 31_234 ? 9_000_000 : 1000;
    series.add({ ...second, second: i, errors: i % 100 === 0 ? 1 : 0, p95, p99: p95 });
  }
  const { points } = series;
  assert.ok(points.length <= 1200);
  const sum = (field: 'requests' | 'errors' | 'width') =>
    points.reduce((all, point) => all + point[field], 0);
  assert.equal(sum('requests'), 2 * seconds);
  assert.equal(sum('errors'), 500);
  assert.equal(sum('width'), seconds);
  assert.equal(Math.max(...points.map((point) => point.p95)), 9_000_000);
  assert.equal(points.at(-1)?.second, seconds);
});

test('a tick that comes twice or late is not drawn twice', () => {
  const series = newSeries();
  for (const at of [1, 2, 2, 1, 3]) series.add({ ...second, second: at });
  assert.equal(series.points.length, 3);
});
