import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseThreshold, type Threshold } from '@marteau/measure';
import type { Step } from '@marteau/shared';
import fc from 'fast-check';
import { Histogram } from '../measure/histogram.ts';
import { threeDigits } from '../measure/layout.ts';
import type { LoadPiece } from '../measure/load-series.ts';
import type { MetricPiece } from '../measure/metrics.ts';
import type { LabelPiece } from '../measure/piece.ts';
import { CapacitySearch } from '../plan/capacity-search.ts';
import type { Count } from './gathered.ts';
import { GeneratorHealth, gateLength } from './generator-health.ts';
import { Meter } from './meter.ts';
import { Probe } from './probe.ts';
import { StopIf } from './stop-if.ts';
import { WallClock } from './wall-clock.ts';

function threshold(source: string): Threshold {
  const parsed = parseThreshold(source);
  if ('mistake' in parsed) throw new Error(parsed.mistake.what);
  return parsed.threshold;
}

function piece(kind: LabelPiece['kind'], name: string, times: number[], errors = 0): LabelPiece {
  const [time, errorTime] = [new Histogram(threeDigits), new Histogram(threeDigits)];
  times.forEach((each, i) => {
    time.record(each);
    if (i < errors) errorTime.record(each);
  });
  return {
    kind,
    name,
    time: time.summary(),
    service: null,
    errorTime: errors > 0 ? errorTime.summary() : null,
    outcomes: {},
    errorKinds: {},
    bytesIn: 100 * times.length,
    bytesOut: 0,
    phases: {},
  };
}

function trend(name: string, unit: MetricPiece['unit'], values: number[]): MetricPiece {
  const histogram = new Histogram(threeDigits);
  for (const value of values) histogram.record(unit === 'number' ? value * 1000 : value);
  const sum = values.reduce((total, value) => total + value, 0);
  return { kind: 'trend', name, unit, count: values.length, sum, values: histogram.summary() };
}

/** Ten requests of 1 … 10 ms, the two fastest in error, and five iterations of which one failed. */
const second: Count = {
  labels: [
    piece('request', 'GET /', [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000], 2),
    piece('request', 'GET /cart', [9000, 10_000]),
    piece('test', 'browse', [20_000, 20_000, 20_000, 20_000, 20_000], 1),
  ],
  metrics: [
    trend('cart size', 'number', [1, 2, 3, 4]),
    trend('rendering', 'us', [5000, 7000]),
    { kind: 'counter', name: 'coupons', unit: 'number', count: 2, sum: 5, values: null },
    { kind: 'rate', name: 'cached', unit: 'number', count: 4, sum: 3, values: null },
  ],
  started: 6,
};
const facts = { shares: 1, apdexUs: 2500 };

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
    ['metric "nothing" < 50', null],
  ];
  for (const [source, wanted] of rows) {
    it(`${source}: ${wanted}`, () => {
      const meter = new Meter(threshold(source), facts);
      meter.add(second);
      meter.add(second);
      const value = meter.value();
      if (wanted === null) assert.equal(value, null);
      else assert.ok(value !== null && Math.abs(value - wanted) <= wanted * 0.001, `${value}`);
    });
  }

  it('of a share stands for the whole where it counts, and for itself where it divides', () => {
    const values = ['requests > 1/s', 'errors < 5', 'errors < 1%', 'max < 1s'].map((source) => {
      const meter = new Meter(threshold(source), { ...facts, shares: 3 });
      meter.add(second);
      return meter.value();
    });
    assert.deepEqual(values, [30, 6, 0.2, 10_000]);
  });

  it('looks at its window alone', () => {
    const meter = new Meter(threshold('errors > 50% over 3s'), facts);
    const bad: Count = { labels: [piece('request', 'GET /', [1, 1, 1, 1], 4)], metrics: [], started: 4 };
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

const step: Step = {
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
const bad: Count = { labels: [piece('request', 'GET /', [1000, 1000], 2)], metrics: [], started: 2 };

describe('stopIf', () => {
  const stopsAfter = (source: string, counts: Count[], of = step): number | null => {
    const stopIf = new StopIf([threshold(source)], facts);
    const at = counts.findIndex((count, i) => stopIf.second(of, count, (i + 1) * 1000));
    return at === -1 ? null : at + 1;
  };
  const many = (count: Count) => Array.from({ length: 20 }, () => count);

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

  it('says what was measured', () => {
    const stopIf = new StopIf([threshold('errors > 50% over 1s')], facts);
    assert.deepEqual(stopIf.second(step, bad, 7000), {
      threshold: 'errors > 50% over 1s',
      metric: 'errors',
      at: 7000,
      sentence: 'errors 100 % (stopIf: errors > 50% over 1s)',
    });
  });
});

describe('a probe of a rate', () => {
  const outcomeOf = (source: string, counts: Count[], dropped = 0): string | null => {
    const probe = new Probe([threshold(source)], facts);
    for (const count of counts) probe.second({ ...count, offered: 10, dropped });
    return probe.outcome();
  };
  const rows: [name: string, source: string, counts: Count[], dropped: number, outcome: string | null][] = [
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
      [{ labels: [], metrics: [], started: 3 }],
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
});

describe('a search for capacity', () => {
  it('finds where a target breaks, to within its steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 5000 }), (limit) => {
        const search = new CapacitySearch([10, 20, 40, 80, 160, 320, 640, 1280, 2000], 6);
        let tries = 0;
        for (let rate = search.next(); rate !== null; rate = search.next()) {
          search.tell(rate, rate <= limit);
          tries += 1;
        }
        const { holds, breaks } = search;
        assert.ok(tries <= 9 + 6 && holds !== null && holds <= limit);
        if (breaks === null) assert.equal(holds, 2000);
        else
          assert.ok(breaks > limit && breaks - holds <= Math.max(holds * 0.05, 0.2), `${holds} … ${breaks}`);
      }),
    );
  });

  it('ends at once when the first rate breaks', () => {
    const search = new CapacitySearch([10, 20], 6);
    search.tell(search.next()!, false);
    assert.deepEqual([search.next(), search.holds, search.breaks], [null, null, 10]);
  });
});

describe("the generator's health", () => {
  const calm: LoadPiece = {
    second: 0,
    users: 1,
    offered: 100,
    started: 100,
    late: 0,
    dropped: 0,
    cpu: 0.3,
    loopDelay: 1000,
    sockets: 10,
    gc: 0.01,
    between: 0.001,
  };
  /** A minute in which the second thread is so for some seconds. */
  const limitsOf = (state: Partial<LoadPiece>, from: number, to: number) => {
    const health = new GeneratorHealth(2, gateLength(60));
    for (let second = 0; second < 60; second += 1) {
      const isSo = second >= from && second < to;
      health.add(0, { ...calm, second }, true);
      health.add(1, { ...calm, ...(isSo ? state : {}), second }, true);
    }
    return health.limits().map(({ code, share, windows }) => [code, Math.round(share * 60), windows]);
  };
  const states: [code: string, state: Partial<LoadPiece>][] = [
    ['cpu', { cpu: 0.97 }],
    ['loop-delay', { loopDelay: 45_000 }],
    ['gc', { gc: 0.35 }],
    ['late', { late: 5 }],
    ['between', { between: 0.3 }],
  ];
  for (const [code, state] of states) {
    it(`is a limit when ${code} lasts, of one thread among several`, () => {
      const [limit, ...others] = limitsOf(state, 20, 40);
      assert.equal(others.length, 0);
      assert.equal(limit![0], code);
      assert.ok((limit![1] as number) >= 20 && (limit![1] as number) <= 38, `${limit![1]} s`);
    });
    it(`is none for a moment of ${code}`, () => {
      const moment = code === 'late' ? { late: 2 } : state;
      assert.deepEqual(limitsOf(moment, 20, 22), []);
    });
  }

  it('says when no more sockets were to be had', () => {
    const health = new GeneratorHealth(1, 10);
    for (let second = 0; second < 10; second += 1) {
      health.add(0, { ...calm, second }, true);
      health.ended(second, second < 3 ? { 200: 5, EADDRNOTAVAIL: 7 } : { 200: 12, ECONNREFUSED: 1 });
    }
    const [limit] = health.limits();
    assert.deepEqual([limit?.code, limit?.share, limit?.windows], ['sockets', 0.3, [{ from: 0, to: 3000 }]]);
    assert.match(limit!.sentence, /EADDRNOTAVAIL/);
  });

  it('says when the clock jumped, by whatever it was set', () => {
    const reading = { wall: 1_700_000_000_000, time: 0 };
    const clock = new WallClock(
      () => reading.wall,
      () => reading.time,
    );
    const jumps = [
      [100, 100], // evenly
      [600_000, 600_000], // held up: both went on
      [150, 100], // slewed
      [-3000, 100], // set back
      [100, 100],
      [7_200_000, 100], // slept
    ].map(([wall, time]) => {
      reading.wall += wall!;
      reading.time += time!;
      return clock.jump();
    });
    assert.deepEqual(jumps, [0, 0, 0, -3100, 0, 7_199_900]);
    const health = new GeneratorHealth(1, 10);
    health.add(0, calm, true);
    assert.deepEqual(health.limits(), []);
    health.clockJumped(-3100, 20_000);
    const [limit] = health.limits();
    assert.deepEqual([limit?.code, limit?.share], ['clock', 1]);
    assert.match(limit!.sentence, /jumped by 3\.1s while the load ran/);
  });

  it('of the time that is not recorded matters to nobody', () => {
    const health = new GeneratorHealth(1, 10);
    for (let second = 0; second < 30; second += 1) health.add(0, { ...calm, second, cpu: 1 }, false);
    assert.deepEqual(health.limits(), []);
    assert.equal(health.each([12])[0]?.cpuSeconds, 12);
  });
});
