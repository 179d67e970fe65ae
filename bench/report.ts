import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import {
  type Bench,
  type BenchContext,
  type Measured,
  median,
  type RoundContext,
  type Row,
} from './bench.ts';
import type { Made } from './report/make.ts';
import { measurementsOf, type Size } from './report/measurements.ts';
import { paint } from './report/paint.ts';

/** Nine nodes, an hour, twenty labels: ten million requests. */
const large: Size = { shares: 9, labels: 20, points: 900, width: 4000, perPoint: 62 };
/** The same hundred seconds of one test that makes one request: with a hundred of them, and with ten million. */
const few: Size = { shares: 1, labels: 2, points: 100, width: 1000, perPoint: 1 };
const many: Size = { ...few, perPoint: 100_000 };
/** Of one round of `--against`: large, and soon made. */
const short: Size = { ...large, shares: 3 };
const cases = { large: '9 nodes x 1 h x 20 labels', few: '100 requests', many: '10 million requests' };

export const bench: Bench = {
  name: 'report',
  about: 'statistics and HTML of 9 nodes x 1 h x 20 labels; 100 against 10 million requests; painting it',
  goals: {
    seconds: { better: 'lower', goal: 2 },
    megabytes: { better: 'lower', goal: 300 },
    html_mb: { better: 'lower', goal: 1 },
    growth_time: { better: 'lower', goal: 1.3 },
    growth_size: { better: 'lower', goal: 1.3 },
    first_paint_s: { better: 'lower', goal: 1 },
    hover_ms: { better: 'lower', goal: 16 },
  },
  round: makingIn,
  run,
};

async function run({ rounds, say }: BenchContext): Promise<Measured> {
  const folder = join(tmpdir(), `marteau-bench-report-${process.pid}`);
  try {
    const sizes = { large, few, many };
    for (const [name, size] of Object.entries(sizes)) {
      say(`making the measurements: ${cases[name as keyof typeof cases]}`);
      await write(join(folder, name), size);
    }
    const made = await measure(folder, sizes, rounds, say);
    say('painting');
    const painted = await paint(join(folder, 'large', 'report.html'));
    const rows = Object.entries(made).flatMap(([name, one]) => [
      { case: cases[name as keyof typeof cases], metric: 'time', value: one.seconds, unit: 's' },
      {
        case: cases[name as keyof typeof cases],
        metric: 'processor time',
        value: one.processorSeconds,
        unit: 's',
      },
      { case: cases[name as keyof typeof cases], metric: 'memory, peak', value: one.peakMb, unit: 'MB' },
      {
        case: cases[name as keyof typeof cases],
        metric: 'memory, above idle',
        value: one.peakMb - one.idleMb,
        unit: 'MB',
      },
      {
        case: cases[name as keyof typeof cases],
        metric: 'report.html',
        value: one.htmlBytes / 1e6,
        unit: 'MB',
      },
    ]);
    return {
      rows: [
        ...rows,
        { case: 'Chromium', metric: 'first paint', value: painted.firstPaintSeconds, unit: 's' },
        { case: 'Chromium', metric: 'hover, median frame', value: painted.hoverMedianMs, unit: 'ms' },
        { case: 'Chromium', metric: 'hover, 99 % of frames', value: painted.hoverWorstMs, unit: 'ms' },
      ],
      ratios: {
        // Of the processor, because the time on the clock is as much that of whatever else the machine does.
        seconds: made.large.processorSeconds,
        // What Node.js and the modules take before anything is read is no part of the work.
        megabytes: made.large.peakMb - made.large.idleMb,
        html_mb: made.large.htmlBytes / 1e6,
        growth_time: made.many.processorSeconds / made.few.processorSeconds,
        growth_size: made.many.htmlBytes / made.few.htmlBytes,
        first_paint_s: painted.firstPaintSeconds,
        hover_ms: painted.hoverWorstMs,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What that version needs to make a report of what it measured. */
async function makingIn({ tree }: RoundContext): Promise<Row[]> {
  const theirs: typeof import('./report/measurements.ts') = await import(
    join(tree, 'bench/report/measurements.ts')
  );
  await using folder = await createTempFolder();
  await write(folder.path, short, theirs.measurementsOf);
  const script = join(tree, 'bench/report/make.ts');
  const made: Made[] = [];
  for (let n = 0; n < 3; n++) made.push(await make(script, folder.path, short));
  const row = (metric: string, unit: string, pick: (one: Made) => number) => ({
    case: '3 nodes x 1 h x 20 labels',
    metric,
    value: median(made.map(pick)),
    unit,
  });
  return [
    row('CPU', 's', (one) => one.processorSeconds),
    row('memory, peak', 'MB', (one) => one.peakMb),
    row('report.html', 'MB', (one) => one.htmlBytes / 1e6),
  ];
}

async function write(folder: string, size: Size, measured = measurementsOf): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < size.shares; i++)
    await writeFile(join(folder, `share-${i}.json`), JSON.stringify(measured(size, i)));
}

async function make(script: string, folder: string, { shares }: Size): Promise<Made> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder, String(shares)]);
  return JSON.parse(stdout);
}

/** The medians of so many rounds, each making in a process of its own, the sizes by turns. */
async function measure<Name extends string>(
  folder: string,
  sizes: Record<Name, Size>,
  rounds: number,
  say: (line: string) => void,
): Promise<Record<Name, Made>> {
  const script = join(import.meta.dirname, 'report', 'make.ts');
  const names = Object.keys(sizes) as Name[];
  const all = new Map<Name, Made[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    for (const name of names) all.get(name)!.push(await make(script, join(folder, name), sizes[name]));
  }
  const middle = (name: Name, pick: (made: Made) => number) => median(all.get(name)!.map(pick));
  const entries = names.map((name): [Name, Made] => [
    name,
    {
      seconds: middle(name, ({ seconds }) => seconds),
      processorSeconds: middle(name, ({ processorSeconds }) => processorSeconds),
      peakMb: middle(name, ({ peakMb }) => peakMb),
      idleMb: middle(name, ({ idleMb }) => idleMb),
      htmlBytes: middle(name, ({ htmlBytes }) => htmlBytes),
    },
  ]);
  return Object.fromEntries(entries) as Record<Name, Made>;
}
