import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { effectiveFile, parseFile } from '@marteau/file';
import { closeStretches } from './close-up.ts';
import { Histogram } from './histogram.ts';
import { threeDigits } from './layout.ts';
import type { LabelPiece } from './piece.ts';
import { RunRecord } from './run-record.ts';

function stretchesOf(timeline: string) {
  const text = `script: a.test.ts\napp: {command: x}\ncycles: 1\nduration: 4h\nproxies: {db: {upstream: "a:1"}}\nchaos: {timeline: [${timeline}]}`;
  const { file, problems } = effectiveFile(parseFile(Buffer.from(text)).file!);
  assert.deepEqual(problems, []);
  return closeStretches(file!.chaos);
}

const fault = (more: string) => `{${more}, proxy: db, behavior: hang, expect: {recoverWithin: 5s}}`;

describe('what is looked at closely', () => {
  const rows: [name: string, timeline: string, wanted: [from: number, to: number][]][] = [
    ['half a minute around a fault', fault('at: 1h, for: 20s'), [[3569, 3651]]],
    ['longer where it may take longer', fault('at: 10s, for: 5s').replace('5s}', '60s}'), [[0, 87]]],
    ['none of which nothing is expected', '{at: 1m, for: 5s, proxy: db, behavior: hang}', []],
    ['neighbours as one', `${fault('at: 2m, for: 5s')}, ${fault('at: 150s, for: 5s')}`, [[89, 186]]],
  ];
  for (const [name, timeline, wanted] of rows) {
    test(name, () =>
      assert.deepEqual(
        stretchesOf(timeline).map(({ from, to }) => [from, to]),
        wanted,
      ),
    );
  }

  test('of many only so many as 1,200 seconds hold', () => {
    const stretches = stretchesOf(fault('at: 5m, for: 5s, every: 5m'));
    assert.equal(stretches.length, Math.floor(1200 / 67));
    const [all] = stretchesOf(fault('at: 1m, for: 5s, every: 20s'));
    assert.ok(all!.to - all!.from > 1150 && all!.to - all!.from <= 1200);
  });
});

test('a long run keeps the seconds around a fault, of all requests together, and only those', () => {
  const record = new RunRecord({ isFull: () => true, stepOf: () => 0 }, [{ from: 3000, to: 3003 }]);
  const piece = (kind: LabelPiece['kind'], name: string, errors: number): LabelPiece => {
    const [time, errorTime] = [new Histogram(threeDigits), new Histogram(threeDigits)];
    for (let i = 0; i < 10; i++) time.record(1000 * (i + 1));
    for (let i = 0; i < errors; i++) errorTime.record(1000);
    const none = { service: null, outcomes: {}, bytesIn: 5, bytesOut: 0, phases: {} };
    const errorKinds: Record<string, number> = errors > 0 ? { 503: errors } : {};
    return { kind, name, time: time.summary(), errorTime: errorTime.summary(), errorKinds, ...none };
  };
  for (let second = 0; second < 4000; second += 1) {
    if (second === 3001) continue; // nothing finished
    const labels = [piece('request', 'GET /a', 1), piece('request', 'GET /b', 0), piece('test', 'a', 0)];
    record.add([{ second, step: 0, recorded: true, labels, metrics: [] }], []);
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
