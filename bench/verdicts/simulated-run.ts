import type { Distribution, Measurements, Plan, Run } from '@marteau/shared';
import * as hdr from 'hdr-histogram-js';

const seconds = 120;
const perSecond = 75;
const startedAt = '2026-11-21T09:29:58.004Z';
const plan: Plan = {
  steps: [
    {
      index: 0,
      name: '20 users',
      model: 'closed',
      users: { from: 20, to: 20 },
      rate: null,
      maxUsers: null,
      iterations: null,
      rampMs: 0,
      durationMs: seconds * 1000,
      recorded: true,
      test: null,
    },
  ],
};

/**
 * Two minutes of one label: log-normal times (sigma 0.5, as the example shop has them), a level that wanders from second
 * to second (an AR(1) of 0.8 and 5 %), and a level of the whole run that differs by `noise` from run to run.
 */
function measure(seed: number, slower: number, noise: number): Measurements {
  const random = normalNumbers(seed);
  const median = 20_000 * slower * Math.exp(noise * random());
  const whole = hdr.build({ numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
  let wandering = 0;
  const series = Array.from({ length: seconds }, (_, i) => {
    wandering = 0.8 * wandering + 0.03 * random();
    const one = hdr.build({ numberOfSignificantValueDigits: 2, bitBucketSize: 32 });
    for (let k = 0; k < perSecond; k++) {
      const value = Math.round(median * Math.exp(wandering + 0.5 * random()));
      one.recordValue(value);
      whole.recordValue(value);
    }
    const worst = { minCount: perSecond, maxCount: perSecond, errors: 0, p95: 0 };
    return {
      at: i * 1000,
      width: 1000,
      count: perSecond,
      errors: 0,
      bytesIn: 0,
      time: distribution(one),
      worst,
    };
  });
  const count = seconds * perSecond;
  const stats = {
    count,
    errors: 0,
    unfinished: 0,
    oldestUnfinished: 0,
    service: null,
    outcomes: { 200: count },
  };
  const step = {
    step: 0,
    ...stats,
    time: distribution(whole),
    bytesIn: 0,
    bytesOut: 0,
    phases: {},
    peak: perSecond,
  };
  return {
    v: 1,
    engine: { name: 'marteau', version: '0.1.0' },
    share: { index: 0, of: 1 },
    node: 'node-1',
    model: 'closed',
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + seconds * 1000).toISOString(),
    stopped: false,
    steps: [{ plan: plan.steps[0]!, begin: 0, end: seconds * 1000, complete: true }],
    labels: [
      { kind: 'request', name: 'GET /', steps: [step], series },
      { kind: 'test', name: 'home', steps: [step], series: [] },
    ],
    failures: [],
    load: [],
    notes: [],
    generator: { threads: 1, cpuSeconds: 10, limits: [] },
  };
}

function distribution(histogram: hdr.Histogram): Distribution {
  const { totalCount: count, mean, maxValue: max, minNonZeroValue: min } = histogram;
  return { count, min, max, sum: mean * count, histogram: hdr.encodeIntoCompressedBase64(histogram) };
}

/** What the store keeps of runs at these levels of p95. */
function history(levels: readonly number[], seed: number, noise: number): Partial<Run>[] {
  const random = normalNumbers(seed);
  return levels.map((level) => ({
    state: 'finished' as const,
    verdict: 'pass' as const,
    summary: {
      requests: 9_000,
      iterations: 9_000,
      errorRate: 0,
      failureRate: 0,
      rate: 150,
      p50: level / 2,
      p95: level * Math.exp(noise * random()),
      p99: level * 2,
      spark: [],
    },
  }));
}

/** Numbers in [0, 1) from a seeded generator (mulberry32). */
function uniformNumbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Normal numbers (Box and Muller). */
function normalNumbers(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export const simulatedRun = { plan, measure, history, uniformNumbers };
