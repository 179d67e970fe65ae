import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Stage } from '@marteau/shared';
import { Histogram } from '../histogram/histogram.ts';
import { threeDigits } from '../histogram/layout.ts';
import type { MetricSnapshot } from '../record/metrics.ts';
import type { LabelSnapshot } from '../record/snapshot.ts';
import { noStarts } from '../schema/starts.ts';
import { parseThreshold } from '../threshold/parse.ts';
import type { Threshold } from '../threshold/threshold.ts';
import { Meter, type MeteredSecond } from './meter.ts';
import { Probe } from './probe.ts';
import { StopIf } from './stop-if.ts';

function threshold(source: string): Threshold {
  const parsed = parseThreshold(source);
  if ('mistake' in parsed) throw new Error(parsed.mistake.what);
  return parsed.threshold;
}

function label(kind: LabelSnapshot['kind'], name: string, times: number[], errors = 0): LabelSnapshot {
  const [time, errorTime] = [new Histogram(threeDigits), new Histogram(threeDigits)];
  times.forEach((each, i) => {
    time.record(each);
    if (i < errors) errorTime.record(each);
  });
  return {
    kind,
    name,
    time: time.times(),
    service: null,
    errorTime: errors > 0 ? errorTime.times() : null,
    outcomes: {},
    errorKinds: {},
    bytesIn: 100 * times.length,
    bytesOut: 0,
    phases: {},
  };
}

function trend(name: string, unit: MetricSnapshot['unit'], values: number[]): MetricSnapshot {
  const histogram = new Histogram(threeDigits);
  for (const value of values) histogram.record(unit === 'number' ? value * 1000 : value);
  const sum = values.reduce((total, value) => total + value, 0);
  return { kind: 'trend', name, unit, count: values.length, sum, values: histogram.times() };
}

/** Ten requests of 1 … 10 ms, the two fastest in error, and five iterations of which one failed. */
const second: MeteredSecond = {
  labels: [
    label('request', 'GET /', [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000], 2),
    label('request', 'GET /cart', [9000, 10_000]),
    label('test', 'browse', [20_000, 20_000, 20_000, 20_000, 20_000], 1),
  ],
  metrics: [
    trend('cart size', 'number', [1, 2, 3, 4]),
    trend('rendering', 'us', [5000, 7000]),
    { kind: 'counter', name: 'coupons', unit: 'number', count: 2, sum: 5, values: null },
    { kind: 'rate', name: 'cached', unit: 'number', count: 4, sum: 3, values: null },
  ],
  started: 6,
  starts: noStarts,
};
const circumstances = { scale: 1, apdexUs: 2500 };

describe('a threshold, measured while the load runs', () => {
  const rows: [source: string, value: number | null][] = [
    ['p50 < 1s', 5000],
    ['p95 < 1s', 10_000],
    ['p95 of "GET /" < 1s', 8000],
    ['p50 of "browse" < 1s', 20_000],
    ['p50 of "nothing" < 1s', null],
    ['avg < 1s', 5500],
    ['min < 1s', 1000],
    ['max < 1s', 10_000],
    ['errors < 1%', 0.2],
    ['errors < 5', 4],
    ['errors of "GET /cart" < 1%', 0],
    ['failures < 1%', 0.2],
    ['rate > 1/s', 6],
    ['rate of "browse" > 1/s', 5],
    ['requests > 1/s', 10],
    ['requests > 1', 20],
    ['bytes > 1kB', 2000],
    ['bytes > 1kB/s', 1000],
    // 3, 4 … 10 ms tolerate up to 10 ms; the two below 2.5 ms are errors.
    ['apdex > 0.5', 0.35],
    ['metric "cart size" < 50', 2.5],
    ['max of metric "cart size" < 50', 4],
    ['p95 of metric "rendering" < 1s', 7000],
    ['metric "rendering" < 50', null],
    ['metric "coupons" < 50', 10],
    ['metric "coupons" < 50/s', 5],
    ['metric "cached" > 50%', 0.75],
    // To which nothing was added: a drought is no absence of figures.
    ['metric "nothing" < 50', 0],
    ['metric "nothing" < 1/s', 0],
    ['metric "nothing" < 50%', null],
    ['p95 of metric "nothing" < 1s', null],
    ['unfinished < 5', null],
  ];
  for (const [source, wanted] of rows) {
    it(`${source}: ${wanted}`, () => {
      const meter = new Meter(threshold(source), circumstances);
      meter.add(second);
      meter.add(second);
      const value = meter.value();
      if (wanted === null) assert.equal(value, null);
      else assert.ok(value !== null && Math.abs(value - wanted) <= wanted * 0.001, `${value}`);
    });
  }

  it('of a share stands for the whole where it counts, and for itself where it divides', () => {
    const values = ['requests > 1/s', 'errors < 5', 'errors < 1%', 'max < 1s'].map((source) => {
      const meter = new Meter(threshold(source), { ...circumstances, scale: 3 });
      meter.add(second);
      return meter.value();
    });
    assert.deepEqual(values, [30, 6, 0.2, 10_000]);
  });

  it('looks at its window alone', () => {
    const meter = new Meter(threshold('errors > 50% over 3s'), circumstances);
    const bad: MeteredSecond = {
      labels: [label('request', 'GET /', [1, 1, 1, 1], 4)],
      metrics: [],
      started: 4,
      starts: noStarts,
    };
    const values = [second, bad, bad, bad].map((count) => {
      meter.add(count);
      return [meter.isFull, meter.value()];
    });
    assert.deepEqual(values.at(-1), [true, 1]);
    assert.deepEqual(
      values.map(([isFull]) => isFull),
      [false, false, true, true],
    );
  });
});

const step: Stage = {
  index: 0,
  name: '',
  model: 'closed',
  users: { from: 10, to: 10 },
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 0,
  durationMs: 60_000,
  recorded: true,
  test: null,
};
const bad: MeteredSecond = {
  labels: [label('request', 'GET /', [1000, 1000], 2)],
  metrics: [],
  started: 2,
  starts: noStarts,
};

describe('stopIf', () => {
  const stopsAfter = (source: string, counts: MeteredSecond[], of = step): number | null => {
    const stopIf = new StopIf([threshold(source)], circumstances);
    const at = counts.findIndex((count, i) => stopIf.second(of, count, (i + 1) * 1000));
    return at === -1 ? null : at + 1;
  };
  const many = (count: MeteredSecond) => Array.from({ length: 20 }, () => count);

  it('waits for its window to be full', () => {
    assert.equal(stopsAfter('errors > 50% over 10s', many(bad)), 10);
    assert.equal(stopsAfter('errors > 50% over 10s', many(second)), null);
  });

  it('does not act on the very first seconds without a window', () => {
    assert.equal(stopsAfter('errors > 50%', many(bad)), 5);
  });

  it('at a load is about steps of that load', () => {
    assert.equal(stopsAfter('errors > 50% over 1s at 10 users', many(bad)), 1);
    assert.equal(stopsAfter('errors > 50% over 1s at 20 users', many(bad)), null);
    const ramp = { ...step, users: { from: 1, to: 10 } };
    assert.equal(stopsAfter('errors > 50% over 1s at 10 users', many(bad), ramp), null);
  });

  it('sees a drought: nothing was ever added to the metric', () => {
    assert.equal(stopsAfter('metric "orders" < 1/s over 3s', many(bad)), 3);
    assert.equal(stopsAfter('metric "orders" < 1', many(bad)), 5);
    assert.equal(stopsAfter('p95 of metric "orders" < 1s', many(bad)), null);
  });

  it('says what was measured', () => {
    const stopIf = new StopIf([threshold('errors > 50% over 1s')], circumstances);
    assert.deepEqual(stopIf.second(step, bad, 7000), {
      threshold: 'errors > 50% over 1s',
      metric: 'errors',
      at: 7000,
      sentence: 'errors 100 % (stopIf: errors > 50% over 1s)',
    });
  });
});

describe('a probe of a rate', () => {
  const outcomeOf = (source: string, counts: MeteredSecond[], dropped = 0): string | null => {
    const probe = new Probe([threshold(source)], circumstances);
    for (const count of counts) probe.second({ ...count, offered: 10, dropped });
    return probe.outcome();
  };
  const rows: [
    name: string,
    source: string,
    counts: MeteredSecond[],
    dropped: number,
    outcome: string | null,
  ][] = [
    ['holds', 'p95 < 300ms', [second, second], 0, null],
    ['breaks over all of it', 'p95 < 5ms', [second, second], 0, 'p95 10.0 ms (wanted < 5 ms)'],
    [
      'breaks in one window',
      'errors < 50% over 1s',
      [bad, second, second],
      0,
      'errors 100 % (wanted < 50 %)',
    ],
    ['holds in every window', 'errors < 50% over 1s', [second, second], 0, null],
    ['is shorter than its window', 'errors < 50% over 10s', [bad], 0, 'errors 100 % (wanted < 50 %)'],
    [
      'finishes nothing',
      'p95 < 1s',
      [{ labels: [], metrics: [], started: 3, starts: noStarts }],
      0,
      'nothing finished that p95 < 1s speaks of',
    ],
    [
      'has no users left',
      'p95 < 300ms',
      [second, second],
      2,
      '20 % of the starts were dropped, because all users were waiting',
    ],
  ];
  for (const [name, source, counts, dropped, wanted] of rows) {
    it(name, () => assert.equal(outcomeOf(source, counts, dropped), wanted));
  }
  it('without requests, no default bound of errors breaks', () => {
    const probe = new Probe([{ ...threshold('errors < 1%'), isDefault: true }], circumstances);
    probe.second({ labels: [], metrics: [], started: 3, starts: noStarts, offered: 3, dropped: 0 });
    assert.equal(probe.outcome(), null);
  });
});
