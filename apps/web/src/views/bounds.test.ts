import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thresholds } from '../fixtures/results.ts';
import { boundViews } from './bounds.ts';

const shown = (source: string) =>
  boundViews(thresholds(source)).map(({ chart, metric, bound, users }) => [chart, metric, bound, users]);

for (const [source, line] of [
  ['p95 < 300ms', ['latency', 'p95', 300_000, null]],
  ['p99 < 1s over 10s', ['latency', 'p99', 1_000_000, null]],
  ['p50 < 20ms at 100 users', ['latency', 'p50', 20_000, 100]],
  ['requests >= 450/s', ['rate', 'rate', 450, null]],
  ['errors < 1%', ['errors', 'errors', 0.01, null]],
  ['failures < 2%', ['errors', 'failures', 0.02, null]],
] as const) {
  test(`${source} is a line in the chart of ${line[0]}`, () => assert.deepEqual(shown(source), [[...line]]));
}

for (const source of ['p90 < 1s', 'p95 of "GET /cart" < 1s', 'apdex > 0.9', 'p95 < 1s during faults']) {
  test(`${source} is no line: the charts do not show what it speaks of`, () =>
    assert.deepEqual(shown(source), []));
}
