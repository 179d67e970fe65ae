import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GENERATOR, type Measurements } from '@marteau/measure';
import autocannon from 'autocannon';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { type Bench, type BenchContext, type Measured, median, type Row } from './bench.ts';
import { type Behaviour, truthOf } from './truth/behaviour.ts';
import { generate } from './truth/generate.ts';
import { type KnownTarget, startKnownTarget } from './truth/target.ts';

const RATE = 1000;
const LENGTH_MS = 10_000;
const FAST_RATE = 5000;
const FAST_LENGTH_MS = 5000;
/** As many connections as a closed-loop tool is usually given. */
const NAIVE_CONNECTIONS = 10;

const behaviours: Record<string, Behaviour> = {
  fixed: { kind: 'fixed', ms: 1 },
  log_normal: { kind: 'log-normal', median: 5, sigma: 0.8, seed: 42 },
  stall: { kind: 'stall', ms: 1, from: LENGTH_MS / 2, length: 1000, apart: 0.1 },
};

/** What is compared, and how far from the truth (ms) it may be. */
const figures: Record<string, { of: (times: Quantiles) => number; allowed: (truth: number) => number }> = {
  p50: { of: (times) => times(0.5), allowed: (truth) => Math.max(0.01 * truth, 0.3) },
  p99: { of: (times) => times(0.99), allowed: (truth) => Math.max(0.01 * truth, 0.3) },
  p999: { of: (times) => times(0.999), allowed: () => 1 },
  max: { of: (times) => times(1), allowed: () => 5 },
};

/** A time by its quantile, ms. */
type Quantiles = (q: number) => number;

const ratios = Object.keys(behaviours).flatMap((name) =>
  Object.keys(figures).map((figure) => `${name}_${figure}`),
);

export const bench: Bench = {
  name: 'truth',
  about:
    'what the open model measures of a target of known behaviour, against the truth and a closed-loop tool',
  goals: {
    ...Object.fromEntries(ratios.map((name) => [name, { better: 'lower', goal: 1 } as const])),
    // Cells of all rounds whose truth lies within what the report says, with its error bar.
    error_bar_holds: { better: 'higher', goal: 0.95 },
    send_p99_ms: { better: 'lower', goal: 1 },
    send_cores: { better: 'lower', goal: 0.5 },
    naive_stall_p99: { better: 'higher', goal: 10 },
  },
  run,
};

async function run({ rounds, say }: BenchContext): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'marteau-bench-truth-'));
  await using target = await startKnownTarget();
  try {
    const errors = new Map<string, number[]>();
    const note = (key: string, value: number) => errors.set(key, [...(errors.get(key) ?? []), value]);
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, behaviour] of Object.entries(behaviours)) {
        say(`round ${round} of ${rounds}: ${name}`);
        const truth = quantilesOf(truthOf(behaviour, RATE, LENGTH_MS));
        const ours = await measured(target, behaviour, folder);
        const naive = await naively(target, behaviour);
        for (const [figure, { of }] of Object.entries(figures)) {
          note(`${name} ${figure} marteau`, distance(of(truth), of(ours.low), of(ours.high)));
          note(`${name} ${figure} naive`, of(naive) - of(truth));
          if (figure !== 'max') {
            const off = Math.abs(distance(of(truth), of(ours.low), of(ours.high)));
            note('bar holds', off <= of(ours.bar) ? 1 : 0);
          }
        }
      }
      say(`round ${round} of ${rounds}: ${FAST_RATE}/s`);
      const { late, cores } = await sendTimes(target, folder);
      note('send', late(0.99));
      note('cores', cores);
    }
    const held = errors.get('bar holds')!;
    return summary((key) => median(errors.get(key)!), held.reduce((sum, one) => sum + one, 0) / held.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summary(middle: (key: string) => number, barHolds: number): Measured {
  const rows: Row[] = [];
  const found: Record<string, number> = {};
  for (const [name, behaviour] of Object.entries(behaviours)) {
    const truth = quantilesOf(truthOf(behaviour, RATE, LENGTH_MS));
    for (const [figure, { of, allowed }] of Object.entries(figures)) {
      const row = (what: string, value: number) =>
        rows.push({ case: `${name}, ${RATE}/s: ${what}`, metric: figure, value, unit: 'ms' });
      row('truth', of(truth));
      row('error of marteau', middle(`${name} ${figure} marteau`));
      row('error of a closed loop', middle(`${name} ${figure} naive`));
      found[`${name}_${figure}`] = Math.abs(middle(`${name} ${figure} marteau`)) / allowed(of(truth));
    }
  }
  const fast = (metric: string, value: number, unit: string) =>
    rows.push({ case: `send times at ${FAST_RATE}/s`, metric, value, unit });
  fast('p99 later than planned', middle('send'), 'ms');
  fast('processor of the generator', middle('cores'), 'cores');
  const wrong = Math.abs(middle('stall p99 naive')) / Math.max(0.3, Math.abs(middle('stall p99 marteau')));
  return {
    rows,
    ratios: {
      ...found,
      error_bar_holds: barHolds,
      send_p99_ms: middle('send'),
      send_cores: middle('cores'),
      naive_stall_p99: wrong,
    },
  };
}

/** The bounds of the cells of a histogram in which its quantiles lie: three digits say no more than that. */
interface Cells {
  readonly low: Quantiles;
  readonly high: Quantiles;
  /** The error bar of each: what a report has for the generator, and as much again for the target's one wake-up. */
  readonly bar: Quantiles;
}

/** The generator's to begin and to read, and the target's, which is on the same machine. */
const WAKE_UPS = 3;

/** How far a cell lies from the truth: 0 where that is in it. */
function distance(truth: number, low: number, high: number): number {
  if (truth < low) return low - truth;
  return truth > high ? high - truth : 0;
}

async function measured(target: KnownTarget, behaviour: Behaviour, folder: string): Promise<Cells> {
  const work = { url: target.url, folder, rate: RATE, durationMs: LENGTH_MS };
  const { measurements } = await generate(work, (begin) => target.behave(behaviour, begin));
  return timesOf(measurements);
}

/** Of an HDR histogram with three digits: 1 below 2048, and twice as much with every doubling. µs */
function cellWidth(value: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(value)) - 10);
}

/** Response times of all requests. */
function timesOf({ labels, metrics }: Measurements): Cells {
  const { time } = labels.find(({ kind }) => kind === 'request')!.steps[0]!;
  const histogram = decodeFromCompressedBase64(time.histogram);
  const highest = (q: number) => (q === 1 ? time.max : histogram.getValueAtPercentile(q * 100));
  const lowest = (q: number) => (q === 1 ? time.max : highest(q) + 1 - cellWidth(highest(q)));
  const woken = metrics!.find(({ of }) => of?.kind === GENERATOR)!.steps[0]!.values!;
  const late = decodeFromCompressedBase64(woken.histogram);
  return {
    low: (q) => lowest(q) / 1000,
    high: (q) => highest(q) / 1000,
    bar: (q) => (WAKE_UPS * late.getValueAtPercentile(q * 100)) / 1000,
  };
}

/** What a tool says that waits for each answer before it asks again, and forgets that it waited. */
async function naively(target: KnownTarget, behaviour: Behaviour): Promise<Quantiles> {
  target.behave(behaviour, Date.now());
  const { latency } = await autocannon({
    url: target.url,
    connections: NAIVE_CONNECTIONS,
    overallRate: RATE,
    duration: LENGTH_MS / 1000,
    ignoreCoordinatedOmission: true,
  });
  const known: [number, number][] = [
    [0.5, latency.p50],
    [0.99, latency.p99],
    [0.999, latency.p99_9],
    [1, latency.max],
  ];
  return (q) => known.find(([quantile]) => quantile === q)![1];
}

/** How much later than planned requests reached a target that answers at once, and what sending them cost. */
async function sendTimes(target: KnownTarget, folder: string): Promise<{ late: Quantiles; cores: number }> {
  const work = { url: target.url, folder, rate: FAST_RATE, durationMs: FAST_LENGTH_MS };
  const { cores } = await generate(work, (begin) => target.behave({ kind: 'fixed', ms: 0 }, begin));
  const planned = (FAST_RATE * FAST_LENGTH_MS) / 1000;
  // The last of the warm-up may have come a little after the load began.
  const arrivals = (await target.arrivals()).sort((a, b) => a - b).slice(-planned);
  const late = arrivals.map((at, n) => at - (n / FAST_RATE) * 1000);
  return { late: quantilesOf(late.sort((a, b) => a - b)), cores };
}

/** Of values in rising order. */
function quantilesOf(sorted: readonly number[]): Quantiles {
  return (q) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}
