import type { Distribution, Measurements } from '@marteau/measure';
import type { Plan, Run } from '@marteau/shared';
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

/** Of what kind runs are. */
export interface Character {
  /** Standard deviation of the logarithm of p95 from run to run of the same thing. */
  readonly noise: number;
  /** How a run's level follows itself from second to second: an AR(1) of this factor and these steps. */
  readonly memory: number;
  readonly wandering: number;
  /** Time over median at rising quantiles; null for a log-normal distribution with a sigma of 0.5. */
  readonly shape: readonly (readonly [quantile: number, ratio: number])[] | null;
}

/** What reference runs on quiet machines showed. */
const usual: Character = { noise: 0.03, memory: 0.8, wandering: 0.03, shape: null };

/** Two minutes of one label: times of a shape, a level that wanders from second to second, and one of the whole run. */
function measure(
  seed: number,
  slower: number,
  { noise, memory, wandering: stride, shape }: Character,
): Measurements {
  const random = normalNumbers(seed);
  const uniform = uniformNumbers(seed + 1_000_003);
  const ratio = shape === null ? () => Math.exp(0.5 * random()) : () => inverse(shape, uniform());
  const median = 20_000 * slower * Math.exp(noise * random());
  const whole = hdr.build({ numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
  let wandering = 0;
  const series = Array.from({ length: seconds }, (_, i) => {
    wandering = memory * wandering + stride * random();
    const one = hdr.build({ numberOfSignificantValueDigits: 2, bitBucketSize: 32 });
    for (let k = 0; k < perSecond; k++) {
      const value = Math.round(median * Math.exp(wandering) * ratio());
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

/** The ratio at a share 0 … 1, between the quantiles that are known; below the median like above it, mirrored. */
function inverse(shape: NonNullable<Character['shape']>, share: number): number {
  const upper = share < 0.5 ? 1 - share : share;
  const at = Math.max(
    1,
    shape.findIndex(([quantile]) => quantile >= upper),
  );
  const [[q0, r0], [q1, r1]] = [shape[at - 1] ?? [0.5, 1], shape[at] ?? [1, 2]];
  const part = Math.min(1, Math.max(0, (upper - q0) / Math.max(1e-9, q1 - q0)));
  const ratio = Math.exp(Math.log(r0) + part * (Math.log(r1) - Math.log(r0)));
  return share < 0.5 ? 1 / ratio : ratio;
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

export const simulatedRun = { plan, usual, measure, history, uniformNumbers };
