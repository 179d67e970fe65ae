import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../histogram/histogram.ts';
import { threeDigits } from '../histogram/layout.ts';
import { Recorder } from './recorder.ts';
import type { LabelSnapshot } from './snapshot.ts';

test('a long run keeps the seconds around a fault, of all requests together, and only those', () => {
  const record = new Recorder({ isFull: () => true, stageOf: () => 0 }, [{ from: 3000, to: 3003 }]);
  const label = (kind: LabelSnapshot['kind'], name: string, errors: number): LabelSnapshot => {
    const [time, errorTime] = [new Histogram(threeDigits), new Histogram(threeDigits)];
    for (let i = 0; i < 10; i++) time.record(1000 * (i + 1));
    for (let i = 0; i < errors; i++) errorTime.record(1000);
    const none = { service: null, outcomes: {}, bytesIn: 5, bytesOut: 0, phases: {} };
    const errorKinds: Record<string, number> = errors > 0 ? { 503: errors } : {};
    return { kind, name, time: time.times(), errorTime: errorTime.times(), errorKinds, ...none };
  };
  for (let second = 0; second < 4000; second += 1) {
    if (second === 3001) continue; // nothing finished
    const labels = [label('request', 'GET /a', 1), label('request', 'GET /b', 0), label('test', 'a', 0)];
    record.add([{ second, stage: 0, recorded: true, labels, metrics: [] }], []);
    record.close(second + 1);
    if (second === 1000) assert.equal(record.closeUp(), undefined, 'all is as fine still');
  }
  const { stretches, series } = record.closeUp()!;
  assert.deepEqual(stretches, [{ from: 3_000_000, to: 3_003_000 }]);
  assert.deepEqual(
    series.map(({ at, width, count, errors, errorKinds, bytesIn, worst }) => [
      at,
      width,
      count,
      errors,
      errorKinds,
      bytesIn,
      worst.minCount,
    ]),
    [
      [3_000_000, 1000, 20, 1, { 503: 1 }, 10, 20],
      [3_002_000, 1000, 20, 1, { 503: 1 }, 10, 20],
    ],
  );
  assert.ok(record.labels()[0]!.series[0]!.width > 1000);
});
