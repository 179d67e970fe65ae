import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { defaultsBeside, defaultThresholds } from './defaults.ts';
import { printThreshold } from './fixtures/print-threshold.ts';
import type { MetricName } from './metrics.ts';
import { parseThreshold } from './parse.ts';
import { Threshold, type ThresholdUnit } from './threshold.ts';

function read(source: string): Threshold {
  const parsed = parseThreshold(source);
  assert.ok('threshold' in parsed, 'mistake' in parsed ? parsed.mistake.what : '');
  return parsed.threshold;
}

const plain: Threshold = {
  source: '',
  metric: 'p95',
  percentile: 95,
  label: null,
  custom: null,
  comparison: '<',
  bound: 300_000,
  unit: 'us',
  windowMs: null,
  at: null,
  duringFaults: false,
  isDefault: false,
};
const share = { percentile: null, unit: 'ratio' as const };
const count = { percentile: null, unit: 'count' as const };
const rate = { percentile: null, unit: 'perSecond' as const };

describe('thresholds and what they mean', () => {
  const rows: [string, Partial<Threshold>][] = [
    ['p95 < 300ms', {}],
    ['p95<300ms', {}],
    ['  p95   <  300 ms ', { source: 'p95   <  300 ms' }],
    ['p95 < 0.3s', {}],
    ['p95 <= 300000us', { comparison: '<=' }],
    ['p95 < 820µs', { bound: 820 }],
    ['p99.99 < 1m30s', { metric: 'p99.99', percentile: 99.99, bound: 90_000_000 }],
    ['p50 > 1ms', { metric: 'p50', percentile: 50, comparison: '>', bound: 1_000 }],
    ['avg < 1s', { metric: 'avg', percentile: null, bound: 1_000_000 }],
    ['max >= 2s', { metric: 'max', percentile: null, comparison: '>=', bound: 2_000_000 }],
    [
      'p99 of "GET /cart" < 1s over 10s',
      { metric: 'p99', percentile: 99, label: 'GET /cart', bound: 1_000_000, windowMs: 10_000 },
    ],
    [`p95 of 'say "hi"' < 300ms`, { label: 'say "hi"' }],
    ['p95 of "say \\"hi\\"" < 300ms', { label: 'say "hi"' }],
    ['errors < 1%', { ...share, metric: 'errors', bound: 0.01 }],
    ['errors < 1 %', { ...share, metric: 'errors', bound: 0.01 }],
    ['errors <= 0', { ...count, metric: 'errors', comparison: '<=', bound: 0 }],
    ['failures < 2.5% over 1m', { ...share, metric: 'failures', bound: 0.025, windowMs: 60_000 }],
    ['requests >= 450/s', { ...rate, metric: 'requests', comparison: '>=', bound: 450 }],
    ['requests > 1000', { ...count, metric: 'requests', comparison: '>', bound: 1000 }],
    ['rate >= 120/min', { ...rate, metric: 'rate', comparison: '>=', bound: 2 }],
    ['bytes < 5MB', { metric: 'bytes', percentile: null, unit: 'bytes', bound: 5e6 }],
    ['bytes < 1 MiB/s', { metric: 'bytes', percentile: null, unit: 'bytesPerSecond', bound: 1024 ** 2 }],
    ['apdex >= 0.9', { metric: 'apdex', percentile: null, unit: 'score', comparison: '>=', bound: 0.9 }],
    ['metric "coupons" > 5', { ...count, metric: 'metric', custom: 'coupons', comparison: '>', bound: 5 }],
    [
      'metric "cache hits" > 90%',
      { ...share, metric: 'metric', custom: 'cache hits', comparison: '>', bound: 0.9 },
    ],
    ['p95 of metric "cart size" < 50', { custom: 'cart size', unit: 'count', bound: 50 }],
    ['p95 of metric "checkout" < 2s', { custom: 'checkout', bound: 2_000_000 }],
    ['p95 of location "eu" < 300ms', { label: null, location: 'eu', bound: 300_000 }],
    ['p95 of "GET /cart" of location "eu" < 300ms', { label: 'GET /cart', location: 'eu' }],
    [
      'dropped of location "eu" < 1%',
      { metric: 'dropped', percentile: null, location: 'eu', unit: 'ratio', bound: 0.01 },
    ],
    [
      'metric "carts" of location "eu" < 5',
      { metric: 'metric', percentile: null, custom: 'carts', location: 'eu', unit: 'count', bound: 5 },
    ],
    ['p95 < 300ms at 100 users', { at: { users: 100 } }],
    ['p95 < 300ms at 1 user', { at: { users: 1 } }],
    ['p95 < 300ms at 50/s', { at: { rate: 50 } }],
    ['p95 < 300ms during faults', { duringFaults: true }],
    [
      'p95 < 300ms over 10s at 50/s during faults',
      { windowMs: 10_000, at: { rate: 50 }, duringFaults: true },
    ],
    ['p95 < 300ms during faults over 10s', { windowMs: 10_000, duringFaults: true }],
  ];
  for (const [source, meaning] of rows) {
    test(source, () => assert.deepEqual(read(source), { ...plain, source, ...meaning }));
  }
});

describe('mistakes, where they are, and what would be right', () => {
  const rows: [string, number, string, string][] = [
    ['', 0, 'the threshold is empty', 'a threshold reads like p95 < 300ms'],
    ['p9 < 1s', 0, "unknown metric 'p9'", "did you mean 'p90'? Metrics are p50"],
    ['p100 < 1s', 0, "unknown metric 'p100'", ''],
    ['P95 < 1s', 0, "unknown metric 'P95'", "did you mean 'p95'?"],
    ['error < 1%', 0, "unknown metric 'error'", "did you mean 'errors'?"],
    ['toString < 1s', 0, "unknown metric 'toString'", 'metrics are p50'],
    ['< 1s', 0, "unknown metric '<'", ''],
    ['p95', 3, 'the comparison is missing', 'write one of < <= > >='],
    ['p95 == 1s', 4, "'==' is not a comparison", 'write one of < <= > >='],
    ['p95 ≤ 1s', 4, "'≤' is not a comparison", 'write one of < <= > >='],
    ['p95 1s', 4, "'1s' is not a comparison", ''],
    ['p95 "GET /" < 1s', 4, '"GET /" stands alone', 'of "GET /"'],
    ['p95 of GET / < 1s', 7, "'GET' needs quotes", 'of "GET /cart"'],
    ['p95 of < 1s', 7, 'the LABEL is missing', 'in quotes'],
    ['p95 of "" < 1s', 7, 'the LABEL is missing', 'in quotes'],
    ['p95 of "GET / < 1s', 7, 'the end quote is missing', ''],
    ['metric coupons < 5', 7, "'coupons' needs quotes", 'metric "cart size" < 50'],
    [
      'rate of metric "x" < 5/s',
      8,
      'rate is not measured for a metric of the script',
      'percentiles, avg, min and max are',
    ],
    ['p95 <', 5, 'the bound is missing', 'p95 takes a time'],
    ['p95 < 300', 6, "'300' is not a bound for p95", 'p95 takes a time such as 300ms'],
    ['p95 < fast', 6, "'fast' is not a bound for p95", ''],
    ['p95 < -1s', 6, "'-1s' is not a bound for p95", ''],
    ['p95 < 5%', 6, "'5%' is not a bound for p95", ''],
    ['errors < 0.5', 9, "'0.5' is not a bound for errors", 'errors takes a share such as 1%'],
    ['errors < 101%', 9, "'101%' is not a bound for errors", ''],
    ['rate > 5', 7, "'5' is not a bound for rate", 'rate takes a rate such as 450/s'],
    ['apdex > 85', 8, "'85' is not a bound for apdex", 'a score from 0 to 1'],
    ['p95 < 1s over', 13, 'the window is missing', 'over 10s'],
    ['p95 < 1s over 1.5s', 14, "'1.5s' is not a window", 'whole seconds'],
    ['p95 < 1s at 100', 12, "'100' is not a load", 'at 100 users'],
    ['p95 < 1s at night', 12, "'night' is not a load", 'at 50/s'],
    ['p95 < 1s at', 11, 'the load is missing', ''],
    ['p95 < 1s during', 15, 'it does not say during what', 'during faults'],
    ['p95 < 1s during lunch', 16, "'during lunch' is unknown", 'during faults'],
    ['p95 < 1s, errors < 1%', 6, "'1s,' is not a bound for p95", ''],
    ['p95 < 1s over 1s over 2s', 17, "'over' stands here twice", 'keep one of them'],
    ['unfinished < 5 over 10s', 15, 'unfinished is known at the end of a stage only', "leave 'over …' out"],
    ['unfinished < 5 during faults', 15, 'unfinished is known at the end of a stage only', 'out'],
    ['p95 < 1s please', 9, "'please' is not understood here", 'over 10s, at 100 users'],
  ];
  for (const [source, offset, what, fix] of rows) {
    test(source || '(empty)', () => {
      const parsed = parseThreshold(source);
      assert.ok('mistake' in parsed);
      assert.deepEqual({ offset: parsed.mistake.offset, what: parsed.mistake.what }, { offset, what });
      assert.ok(parsed.mistake.fix.includes(fix), parsed.mistake.fix);
    });
  }
});

test('a default holds of each metric that the file does not bound itself', () => {
  const beside = (sources: string[], isOpen = true) =>
    defaultsBeside(
      sources.map((source) => read(source)),
      isOpen,
    ).map(({ source }) => source);
  assert.deepEqual(beside([]), ['errors < 1%', 'failures < 1%', 'dropped < 1%']);
  assert.deepEqual(beside([], false), ['errors < 1%', 'failures < 1%']);
  assert.deepEqual(beside(['p95 < 1s', 'errors <= 100%', 'dropped < 5% over 10s']), ['failures < 1%']);
  assert.deepEqual(beside(['errors of "GET /" < 5%', 'failures < 9% during faults']).length, 3);
});

test('the defaults are errors, failures and dropped starts below one per cent, and say that they are defaults', () => {
  assert.deepEqual(
    defaultThresholds.map((threshold) => [printThreshold(threshold), threshold.isDefault]),
    [
      ['errors < 1%', true],
      ['failures < 1%', true],
      ['dropped < 1%', true],
    ],
  );
});

const bounds: Record<ThresholdUnit, fc.Arbitrary<number>> = {
  us: fc.nat(10 ** 10),
  ratio: fc.nat(10_000).map((n) => Number((n / 10_000).toPrecision(15))),
  perSecond: fc.nat(10 ** 8).map((n) => n / 100),
  bytes: fc.nat(10 ** 12),
  bytesPerSecond: fc.nat(10 ** 12),
  count: fc.nat(10 ** 12),
  score: fc.nat(100).map((n) => n / 100),
};

const metrics: [string, boolean, ThresholdUnit[]][] = [
  ['p50', false, ['us']],
  ['p99.9', false, ['us']],
  ['avg', false, ['us']],
  ['max', true, ['us', 'ratio', 'perSecond', 'count']],
  ['p95', true, ['us', 'ratio', 'perSecond', 'count']],
  ['metric', true, ['us', 'ratio', 'perSecond', 'count']],
  ['errors', false, ['ratio', 'count']],
  ['rate', false, ['perSecond']],
  ['bytes', false, ['bytes', 'bytesPerSecond']],
  ['apdex', false, ['score']],
  ['unfinished', false, ['count']],
];

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });

const anyThreshold = fc.constantFrom(...metrics).chain(([metric, custom, units]) =>
  fc.constantFrom(...units).chain((unit) =>
    fc.record(
      {
        metric: fc.constant(metric as MetricName),
        percentile: fc.constant(/^p\d/.test(metric) ? Number(metric.slice(1)) : null),
        label: custom ? fc.constant(null) : fc.option(text),
        custom: custom ? text : fc.constant(null),
        comparison: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
        bound: bounds[unit],
        unit: fc.constant(unit),
        windowMs:
          metric === 'unfinished'
            ? fc.constant(null)
            : fc.option(fc.integer({ min: 1, max: 86_400 }).map((seconds) => seconds * 1000)),
        at: fc.option(
          fc.oneof(
            fc.integer({ min: 1, max: 1e8 }).map((users) => ({ users })),
            fc.integer({ min: 1, max: 1e6 }).map((n) => ({ rate: n / 10 })),
          ),
        ),
        duringFaults: metric === 'unfinished' ? fc.constant(false) : fc.boolean(),
        isDefault: fc.constant(false),
      },
      { noNullPrototype: true },
    ),
  ),
);

test('every threshold is read back from its printed form', () => {
  fc.assert(
    fc.property(anyThreshold, (threshold) => {
      const printed = printThreshold(threshold);
      const { source, ...meaning } = read(printed);
      assert.equal(source, printed);
      assert.deepEqual(meaning, threshold);
    }),
    { numRuns: 2000 },
  );
});

test('no text makes the reader throw; what it accepts follows the schema', () => {
  const words = fc.constantFrom(
    'p95',
    'errors',
    'of',
    '"GET /"',
    '<',
    '>=',
    '300ms',
    '1%',
    'over',
    '10s',
    'at',
    '5',
    'users',
    '"',
    "'",
    '\\',
    'metric',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(texts, (source) => {
      const parsed = parseThreshold(source);
      if ('threshold' in parsed) assert.ok(Value.Check(Threshold, parsed.threshold));
      else assert.ok(parsed.mistake.offset <= source.length && parsed.mistake.fix !== '');
    }),
    { numRuns: 2000 },
  );
});
