import { inflateSync } from 'node:zlib';
import {
  type Distribution,
  type Label,
  type Measurements,
  MOST_STORED,
  type Point,
  zlibStored,
} from '@marteau/measure';
import type { Plan } from '@marteau/shared';
import * as hdr from 'hdr-histogram-js';

/** What a benchmark's run is made of. */
export interface Size {
  readonly shares: number;
  readonly labels: number;
  readonly points: number;
  /** Length of a point, ms. */
  readonly width: number;
  /** Requests of a label in a point, for one share; a fraction fills some of the points. */
  readonly perPoint: number;
}

const startedAt = '2026-11-21T09:29:58.004Z';

/** The plan of such a run: one step at one rate. */
function planOf({ points, width }: Size): Plan {
  return {
    steps: [
      {
        index: 0,
        name: '600/s',
        model: 'open',
        users: null,
        rate: { from: 600, to: 600 },
        maxUsers: 400,
        iterations: null,
        rampMs: 0,
        durationMs: points * width,
        recorded: true,
        test: null,
      },
    ],
  };
}

/** What one share would have measured: log-normal times, the same on every machine. */
export function measurementsOf(size: Size, share: number): Measurements {
  const random = congruential(share + 1);
  const plan = planOf(size);
  const length = size.points * size.width;
  return {
    v: 1,
    engine: { name: 'marteau', version: '0.1.0' },
    share: { index: share, of: size.shares },
    node: `node-${share + 1}`,
    model: 'open',
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + length).toISOString(),
    stopped: false,
    steps: [{ plan: plan.steps[0]!, begin: 0, end: length, complete: true }],
    labels: Array.from({ length: size.labels }, (_, i) => labelOf(size, i, random)),
    failures: [],
    load: Array.from({ length: size.points }, (_, i) => ({
      at: i * size.width,
      width: size.width,
      step: 0,
      users: 40,
      offered: 270,
      started: 270,
      late: 0,
      dropped: 0,
      cpu: 0.4,
      loopDelay: 1200,
      sockets: 40,
    })),
    notes: [],
    generator: { threads: 2, cpuSeconds: 1000, limits: [] },
  };
}

function labelOf(size: Size, index: number, random: () => number): Label {
  const median = 3000 * (1 + index);
  const series = Array.from({ length: size.points }, (_, i) => pointOf(size, i, median, random)).filter(
    ({ count }) => count > 0,
  );
  const count = series.reduce((sum, point) => sum + point.count, 0);
  return {
    kind: index === 0 ? 'test' : 'request',
    name: `GET /label-${index}/:id`,
    steps: [
      {
        step: 0,
        count,
        errors: 0,
        unfinished: 0,
        oldestUnfinished: 0,
        time: distribution(count, median, 3, random),
        service: null,
        outcomes: { 200: count },
        bytesIn: count * 900,
        bytesOut: count * 200,
        phases: { waiting: { count, sum: count * median, max: 20 * median } },
        peak: Math.ceil((size.perPoint * 1500) / size.width),
      },
    ],
    series,
  };
}

function pointOf({ width, perPoint }: Size, index: number, median: number, random: () => number): Point {
  const count = Math.floor((index + 1) * perPoint) - Math.floor(index * perPoint);
  const time = distribution(count, median, 2, random);
  const perSecond = (count * 1000) / width;
  return {
    at: index * width,
    width,
    count,
    errors: 0,
    bytesIn: count * 900,
    time,
    worst: { minCount: Math.floor(perSecond), maxCount: Math.ceil(perSecond), errors: 0, p95: time.max },
  };
}

/** Beyond so many values a histogram does not become larger; the rest is counted on top of them. */
const mostDrawn = 3_000;

function distribution(count: number, median: number, digits: 2 | 3, random: () => number): Distribution {
  if (count === 0) return { count: 0, min: 0, max: 0, sum: 0, histogram: '' };
  const histogram = hdr.build({ numberOfSignificantValueDigits: digits, bitBucketSize: 64 });
  const drawn = Math.min(count, mostDrawn);
  let [min, max, sum] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0; i < drawn; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const value = Math.round(median * Math.exp(0.5 * normal));
    const times = Math.floor(((i + 1) * count) / drawn) - Math.floor((i * count) / drawn);
    histogram.recordValueWithCount(value, times);
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value * times;
  }
  return { count, min, max, sum, histogram: asTheEngine(hdr.encodeIntoCompressedBase64(histogram)) };
}

/** The engine deflates only what is large (packages/load/src/measure/encode.ts). */
function asTheEngine(compressed: string): string {
  const outer = Buffer.from(compressed, 'base64');
  const plain = inflateSync(outer.subarray(8));
  if (plain.length > MOST_STORED) return compressed;
  const stored = zlibStored(plain);
  outer.writeUInt32BE(stored.length, 4);
  return Buffer.concat([outer.subarray(0, 8), stored]).toString('base64');
}

function congruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
