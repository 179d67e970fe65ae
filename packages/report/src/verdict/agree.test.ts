import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  distributionOf,
  Histogram,
  type LabelSnapshot,
  type Measurements,
  Meter,
  noStarts,
  parseThreshold,
  Recorder,
  threeDigits,
} from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import fc from 'fast-check';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { totalsOf } from '../merge/totals.ts';
import { judgeThreshold } from './judge-threshold.ts';

const plan: Stage = {
  index: 0,
  name: '1 user',
  model: 'closed',
  users: { from: 1, to: 1 },
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 0,
  durationMs: 0,
  recorded: true,
  test: null,
};

function label(kind: LabelSnapshot['kind'], times: readonly number[], errors: number): LabelSnapshot {
  const [time, errorTime] = [new Histogram(threeDigits), new Histogram(threeDigits)];
  times.forEach((each, i) => {
    time.record(each);
    if (i < errors) errorTime.record(each);
  });
  const none = { service: null, outcomes: {}, errorKinds: {}, bytesOut: 0, phases: {} };
  return { kind, name: kind, time: time.take(), errorTime: errorTime.take(), bytesIn: times.length, ...none };
}

/** What the engine's meter says of some seconds, and what the report says of the same. */
function bothOf(source: string, seconds: readonly (readonly number[])[], errors: number): (number | null)[] {
  const parsed = parseThreshold(source);
  assert.ok('threshold' in parsed);
  const meter = new Meter(parsed.threshold, { scale: 1, apdexUs: 2000 });
  const recorder = new Recorder({ isFull: () => true, stageOf: () => 0 }, []);
  seconds.forEach((times, second) => {
    const labels = [label('request', times, errors), label('test', times, errors)];
    const started = times.length;
    const rest = { late: 0, dropped: 0, cpu: 0, loopDelay: 0, sockets: 0, gc: 0, between: 0 };
    const values = new Histogram(threeDigits);
    for (const time of times) values.record(time);
    const metrics = [
      {
        kind: 'trend' as const,
        name: 'own',
        unit: 'us' as const,
        count: times.length,
        sum: 0,
        values: values.take(),
      },
      { kind: 'counter' as const, name: 'count', unit: 'number' as const, count: 1, sum: 3, values: null },
    ];
    recorder.add(
      [{ second, stage: 0, recorded: true, labels, metrics }],
      [{ second, users: 1, offered: 0, started, userFailures: 0, ...rest }],
    );
    recorder.close(second + 1);
    meter.add({ labels, metrics, started, starts: noStarts });
  });
  const end = seconds.length * 1000;
  const measurements: Measurements = {
    v: 1,
    engine: { name: 'marteau', version: '1' },
    share: { index: 0, of: 1 },
    node: 'n1',
    model: 'closed',
    startedAt: '2026-11-29T09:00:00.000Z',
    endedAt: '2026-11-29T09:01:00.000Z',
    stopped: false,
    steps: [{ plan, begin: 0, end, complete: true }],
    labels: recorder.labels(),
    metrics: recorder.metrics(),
    failures: [],
    load: recorder.load(),
    notes: [],
    generator: { threads: 1, cpuSeconds: 0, limits: [] },
  };
  const merged = mergeMeasurements([measurements]);
  const { steps } = merged;
  const evidence = { merged, totals: totalsOf(merged), steps, faults: [], apdexThreshold: 2000 };
  return [meter.value(), judgeThreshold(parsed.threshold, evidence).measured];
}

test('live and report agree on the p99.9 of 1,000 values of which 999 are a millisecond', () => {
  const values = [...Array.from({ length: 999 }, () => 1000), 900_000];
  assert.deepEqual(bothOf('p99.9 < 1s', [values], 0), [1000, 1000]);
  const one = new Histogram(threeDigits);
  for (const value of values) one.record(value);
  assert.equal(distributionOf(one.times()).max, 900_000);
});

const sources = [
  ...['p50 < 1s', 'p95 < 1s', 'p99 < 1s', 'p99.9 < 1s', 'p99.99 < 1s', 'avg < 1s', 'min < 1s', 'max < 1s'],
  ...['errors < 1%', 'errors < 5', 'failures < 1%', 'rate > 1/s', 'rate of "test" > 1/s', 'requests > 1/s'],
  ...['requests > 5', 'bytes > 1kB', 'bytes > 1kB/s', 'apdex > 0.5', 'p95 of metric "own" < 1s'],
  ...['max of metric "own" < 1s', 'metric "count" < 5', 'metric "count" > 2/s', 'metric "own" > 2/s'],
];
const times = fc.array(fc.integer({ min: 1, max: 3_700_000_000 }), { minLength: 1, maxLength: 120 });

test('whatever is measured, the live judge and the report say the same of a whole stage', () => {
  fc.assert(
    fc.property(
      fc.array(times, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(...sources),
      fc.nat(3),
      (seconds, source, errors) => {
        const [live, report] = bothOf(source, seconds, errors);
        assert.equal(live, report, source);
      },
    ),
    { numRuns: 400 },
  );
});
