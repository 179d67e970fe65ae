import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Measurements } from '@marteau/measure';
import { createTempFolder } from '@marteau/testkit';
import { formats } from '@marteau/tools';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { runProject } from '../tests/tools/run-project.ts';
import { type Bench, type BenchContext, type Measured, median, type Row } from './bench.ts';
import { isThere } from './load/program.ts';
import { type Contender, contenders, type Fast, RATE, SECONDS, type Summary } from './tools/contenders.ts';
import { attack, piecesOf, readAgain } from './tools/own-time.ts';
import { wireCosts } from './tools/wire-costs.ts';
import { type Behaviour, truthOf } from './truth/behaviour.ts';
import { generate } from './truth/generate.ts';
import { type KnownTarget, startKnownTarget } from './truth/target.ts';

const behaviours: Record<string, Behaviour> = {
  fixed: { kind: 'fixed', ms: 5 },
  'log-normal': { kind: 'log-normal', median: 5, sigma: 0.8, seed: 42 },
  stall: { kind: 'stall', ms: 1, from: (SECONDS * 1000) / 2, length: 1000, apart: 0.1 },
};

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
type Figure = keyof typeof quantiles;
const figures = Object.keys(quantiles) as Figure[];

const MILLION = 1_000_000;

/** Other people's tools, each with a target of known behaviour: what is reported of them beside what they say themselves. */
export const bench: Bench = {
  name: 'tools',
  about:
    'k6, Gatling, JMeter, Locust, vegeta, Artillery: our figures of their runs, what reading costs, and our engine',
  goals: {
    ...Object.fromEntries(
      contenders.map(({ name }) => [`${name}: beside its own`, { better: 'lower', goal: 1 } as const]),
    ),
    ...Object.fromEntries(
      contenders.map(({ name }) => [`${name}: not told`, { better: 'lower', goal: 1 } as const]),
    ),
    'reading, of k6’s time': { better: 'lower', goal: 0.15 },
    'reading, of JMeter’s time': { better: 'lower', goal: 0.15 },
    'reading, of Gatling’s time': { better: 'lower', goal: 0.15 },
    'reading, of Locust’s time': { better: 'lower', goal: 0.15 },
    'memory of 10 to 1 million': { better: 'lower', goal: 1.1 },
    'wire to haproxy': { better: 'lower', goal: 2 },
  },
  run,
};

/** Of one run of a tool. */
interface Ran {
  readonly measurements: Measurements;
  readonly own: Summary;
  readonly seen: number;
}

async function run({ rounds, say }: BenchContext): Promise<Measured> {
  await using folder = await createTempFolder();
  await using target = await startKnownTarget();
  const rows: Row[] = [];
  const ratios: Record<string, number> = {};
  for (const contender of contenders) {
    if (!isThere(contender.program)) {
      say(`${contender.name} is not on the path, so it is left out (npm run test:tools installs it)`);
      continue;
    }
    const apart: number[] = [];
    const lost: number[] = [];
    for (const [name, behaviour] of Object.entries(behaviours)) {
      say(`${contender.name}: ${name}`);
      const ran = await runOf(contender, target, behaviour, folder.path);
      rows.push(...rowsOf(contender, name, behaviour, ran));
      apart.push(...figures.map((figure) => apartOf(contender, ran, figure)));
      lost.push(Math.max(0, ran.seen - countOf(ran.measurements)) / (contender.isCounted ? 0.5 : 10));
    }
    ratios[`${contender.name}: beside its own`] = Math.max(...apart);
    ratios[`${contender.name}: not told`] = Math.max(...lost);
  }
  for (const { name, fast } of contenders) {
    if (fast === undefined || !(`${name}: not told` in ratios)) continue;
    say(`${name}: what reading costs`);
    ratios[`reading, of ${name}’s time`] = await readingOf(name, fast, {
      target,
      folder: folder.path,
      rounds,
      rows,
    });
  }
  for (const [name, behaviour] of Object.entries(behaviours)) {
    say(`Marteau’s engine: ${name}`);
    rows.push(...(await ours(target, name, behaviour, folder.path)));
  }
  say('memory of ten million samples');
  ratios['memory of 10 to 1 million'] = await memoryGrowth(rows);
  say('the proxy at the wire, and haproxy');
  const wire = await wireCosts(folder.path, rounds, say);
  rows.push(...wire.rows);
  if (wire.ratio !== null) ratios['wire to haproxy'] = wire.ratio;
  return { rows, ratios };
}

async function runOf(
  contender: Contender,
  target: KnownTarget,
  behaviour: Behaviour,
  folder: string,
): Promise<Ran> {
  const project = join(folder, 'projects', contender.name);
  await lay(project, contender.files(target.url));
  target.behave(behaviour, null);
  let own: Summary | null = null;
  const said: string[] = [];
  const { shares } = await runProject({
    project,
    target: target.url,
    nodes: 1,
    said,
    async look(out) {
      own = await contender.summary(out, said.join('\n'));
    },
  });
  return { measurements: shares[0]!, own: own!, seen: (await target.arrivals()).length };
}

const requestsOf = ({ labels }: Measurements) => labels.filter(({ kind }) => kind === 'request');

function countOf(measurements: Measurements): number {
  return requestsOf(measurements)
    .flatMap(({ steps }) => steps)
    .reduce((sum, { count }) => sum + count, 0);
}

/** The two ranks between which a tool may take a quantile, as there are several rules; ms. */
function between(measurements: Measurements, quantile: number): { low: number; high: number } {
  const { time, count } = requestsOf(measurements)[0]!.steps[0]!;
  const histogram = decodeFromCompressedBase64(time.histogram);
  const at = (rank: number) =>
    histogram.getValueAtPercentile((100 * Math.min(count, Math.max(1, rank))) / count) / 1000;
  return { low: at(Math.floor(quantile * (count - 1))), high: at(Math.ceil(quantile * (count + 1))) };
}

/** How far a tool's own figure is from ours, in parts of what it may be. */
function apartOf({ resolution }: Contender, { measurements, own }: Ran, figure: Figure): number {
  const { low, high } = between(measurements, quantiles[figure]);
  const value = own[figure];
  const distance = value < low ? low - value : value > high ? value - high : 0;
  return distance / Math.max(resolution.ms, resolution.part * value);
}

function rowsOf({ name, isOpen }: Contender, behaviourName: string, behaviour: Behaviour, ran: Ran): Row[] {
  const { measurements, own, seen } = ran;
  const of = `${name}, ${behaviourName}`;
  const truth = truthOf(behaviour, RATE, SECONDS * 1000);
  const count = countOf(measurements);
  return [
    ...figures.flatMap((figure): Row[] => {
      const { high } = between(measurements, quantiles[figure]);
      const true_ = truth[Math.ceil(quantiles[figure] * truth.length) - 1]!;
      return [
        { case: of, metric: `${figure}, ours of it`, value: high, unit: 'ms' },
        { case: of, metric: `${figure}, its own`, value: own[figure], unit: 'ms' },
        ...(isOpen
          ? [{ case: of, metric: `${figure}, error to truth`, value: high - true_, unit: 'ms' }]
          : []),
      ];
    }),
    { case: of, metric: 'requests told', value: count, unit: '' },
    { case: of, metric: 'requests seen', value: seen, unit: '' },
    {
      case: of,
      metric: 'processor per request',
      value: (measurements.generator.cpuSeconds * 1e6) / count,
      unit: 'µs',
    },
  ];
}

/** Our own engine at the same rate. */
async function ours(target: KnownTarget, name: string, behaviour: Behaviour, folder: string): Promise<Row[]> {
  const durationMs = SECONDS * 1000;
  const { measurements, cores } = await generate(
    { url: target.url, folder, rate: RATE, durationMs },
    (begin) => target.behave(behaviour, begin),
  );
  const truth = truthOf(behaviour, RATE, durationMs);
  const of = `Marteau, ${name}`;
  return [
    ...figures.map((figure): Row => {
      const { high } = between(measurements, quantiles[figure]);
      const value = high - truth[Math.ceil(quantiles[figure] * truth.length) - 1]!;
      return { case: of, metric: `${figure}, error to truth`, value, unit: 'ms' };
    }),
    { case: of, metric: 'requests told', value: countOf(measurements), unit: '' },
    { case: of, metric: 'requests seen', value: (await target.arrivals()).length, unit: '' },
    { case: of, metric: 'processor per request', value: (cores * 1e6) / RATE, unit: 'µs' },
  ];
}

/** Processor time of reading a request, of that of the tool for it. */
async function readingOf(
  name: string,
  { files, format, written }: Fast,
  { target, folder, rounds, rows }: { target: KnownTarget; folder: string; rounds: number; rows: Row[] },
): Promise<number> {
  const project = join(folder, 'fast', name);
  await lay(project, files(target.url));
  target.behave({ kind: 'fixed', ms: 0 }, null);
  const kept = join(folder, `${name}.written`);
  const { shares } = await runProject({
    project,
    target: target.url,
    nodes: 1,
    look: async (out) => {
      const at = join(out, written);
      const inner = (await stat(at)).isDirectory()
        ? (await readdir(at)).find((name) => /\d$/.test(name))
        : undefined;
      await copyFile(inner === undefined ? at : join(at, inner, 'simulation.log'), kept);
    },
  });
  const [share] = shares;
  const tool = (share!.generator.cpuSeconds * 1e6) / countOf(share!);
  const costs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { measurements, seconds } = await readAgain(
      formats[format],
      piecesOf(kept),
      Date.parse(share!.startedAt),
    );
    costs.push((seconds * 1e6) / countOf(measurements));
  }
  const cost = median(costs);
  rows.push({ case: `${name}, as fast as it can`, metric: 'processor per request', value: tool, unit: 'µs' });
  rows.push({ case: `${name}, as fast as it can`, metric: 'reading a request', value: cost, unit: 'µs' });
  return cost / tool;
}

async function lay(project: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text, { mode: 0o755 });
  }
}

/** What is held after ten million samples of 200 s, to that after one million. */
async function memoryGrowth(rows: Row[]): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const after: number[] = [];
  for (const count of [MILLION, 10 * MILLION]) {
    const startedAt = Date.now() - 300_000;
    let most = 0;
    async function* watched(): AsyncGenerator<Buffer> {
      let n = 0;
      for await (const piece of attack(count, 200, startedAt)) {
        yield piece;
        n += 1;
        if (n % (count / 20_000) !== 0) continue;
        collect();
        most = Math.max(most, process.memoryUsage().heapUsed + process.memoryUsage().external);
      }
    }
    const { seconds } = await readAgain(formats['vegeta-csv'], watched(), startedAt);
    after.push(most);
    rows.push({
      case: `${count / MILLION} million samples`,
      metric: 'memory held at most',
      value: most / 1e6,
      unit: 'MB',
    });
    rows.push({
      case: `${count / MILLION} million samples`,
      metric: 'processor per sample',
      value: (seconds * 1e6) / count,
      unit: 'µs',
    });
  }
  return after[1]! / after[0]!;
}
