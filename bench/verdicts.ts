import { buildResults, compare, confirm, mergeMeasurements, renderTrend } from '@marteau/report';
import type { Results } from '@marteau/shared';
import type { Bench, BenchContext, Measured } from './bench.ts';
import { aRun } from './report/a-run.ts';
import { simulatedRun } from './verdicts/simulated-run.ts';

/** How much p95 differs from run to run of the same thing: what reference runs on quiet machines showed. */
const noise = 0.03;
/** Trials of each case; the error of a share of 2 % is then 0.6 %. */
const trials = 1000;
const pool = 300;

export const bench: Bench = {
  name: 'verdicts',
  about: 'how often comparisons, repeats and trends are wrong, on simulated runs that vary by 3 %',
  goals: {
    aa_likely: { better: 'lower', goal: 0.02 },
    aa_confirmed: { better: 'lower', goal: 0.02 },
    plus10_found_with_5: { better: 'higher', goal: 0.6 },
    plus10_confirmed: { better: 'higher', goal: 0.9 },
    trend_false: { better: 'lower', goal: 0.01 },
    trend_plus10_after_3: { better: 'higher', goal: 0.9 },
  },
  run,
};

async function run({ say }: BenchContext): Promise<Measured> {
  let seed = 1;
  const make = (slower: number): Results => {
    const measurements = mergeMeasurements([simulatedRun.measure(seed++, slower, noise)]);
    const { plan } = simulatedRun;
    return buildResults({ run: aRun, file: null, plan, thresholds: [], measurements });
  };
  // Runs are made once; each trial draws some of them.
  const pools = new Map<number, Results[]>();
  for (const slower of [1, 1.1, 1.2]) {
    say(`making ${pool} runs, ${slower} times as slow`);
    pools.set(
      slower,
      Array.from({ length: pool }, () => make(slower)),
    );
  }
  const random = simulatedRun.uniformNumbers(7);
  const draw = (slower: number, count: number): Results[] => {
    const from = pools.get(slower)!;
    const picked = new Set<Results>();
    while (picked.size < count) picked.add(from[Math.floor(random() * from.length)]!);
    return [...picked];
  };
  const share = (what: string, once: () => boolean): number => {
    say(what);
    let hits = 0;
    for (let i = 0; i < trials; i++) if (once()) hits++;
    return hits / trials;
  };
  const history = (count: number) => draw(1, count);
  const against = (before: readonly Results[], slower: number) => {
    const [after] = draw(slower, slower === 1 ? before.length + 1 : 1).filter((one) => !before.includes(one));
    return compare(before, after!)!;
  };
  const worse = (before: readonly Results[], slower: number) => against(before, slower).direction === 'worse';
  const changed = (before: readonly Results[], slower: number) => against(before, slower).grade !== null;
  const decide = (slower: number): string => {
    const befores = draw(1, 7);
    const afters = draw(slower, slower === 1 ? 14 : 7).filter((one) => !befores.includes(one));
    for (let pairs = 1; ; pairs++) {
      const { decision } = confirm(
        befores.slice(0, pairs).map((before, i) => ({ before, after: afters[i]! })),
      )!;
      if (decision !== 'undecided') return decision;
    }
  };
  const figures = {
    aa_suspected_with_1: share('A/A, one run to compare with', () => changed(history(1), 1)),
    plus10_found_with_1: share('+10 %, one run', () => worse(history(1), 1.1)),
    plus20_found_with_1: share('+20 %, one run', () => worse(history(1), 1.2)),
    aa_likely: share('A/A, five runs', () => changed(history(5), 1)),
    plus10_found_with_5: share('+10 %, five runs', () => worse(history(5), 1.1)),
    plus20_found_with_5: share('+20 %, five runs', () => worse(history(5), 1.2)),
    aa_confirmed: share('A/A, by turns', () => ['worse', 'better'].includes(decide(1))),
    plus10_confirmed: share('+10 %, by turns', () => decide(1.1) === 'worse'),
    ...trends(say),
  };
  const rows = Object.entries(figures).map(([name, value]) => ({
    case: `${trials} trials`,
    metric: name,
    value,
    unit: 'share',
  }));
  return { rows, ratios: figures };
}

/** Trends of forty runs: stable ones, and such that are a tenth worse since three runs. */
function trends(say: (line: string) => void) {
  const marked = (levels: readonly number[], seed: number) => {
    const runs = simulatedRun
      .history(levels, seed, noise)
      .map((run) => ({ run: { ...aRun, ...run }, url: null }));
    return /class="change-name/.test(renderTrend('x', runs));
  };
  say('trends');
  const stable = new Array<number>(40).fill(100_000);
  const stepped = [...stable.slice(3), 110_000, 110_000, 110_000];
  const count = (levels: readonly number[], from: number) => {
    let hits = 0;
    for (let i = 0; i < trials; i++) if (marked(levels, from + i)) hits++;
    return hits / trials;
  };
  return { trend_false: count(stable, 1), trend_plus10_after_3: count(stepped, 100_000) };
}
