import { compare, confirm, renderTrend } from '@marteau/report';
import type { Results } from '@marteau/report/schema';
import { aRun } from '@marteau/testkit/a-run';
import type { Bench, BenchContext, Measured } from './bench.ts';
import { calibrate } from './verdicts/calibrate.ts';
import { drawn } from './verdicts/drawn.ts';
import { pullChecks } from './verdicts/pull-checks.ts';
import { type Character, simulatedRun } from './verdicts/simulated-run.ts';

/** Trials of each case, drawn from so many runs: of fewer, two pools differ more than two methods. */
const trials = 4000;
const pool = 1500;
/** Trials of those that compare with one run: each draws its blocks again four hundred times. */
const resampled = 500;
/** Real runs of the example, the same again and again, that show how runs on this machine are. */
const calibrations = 8;

export const bench: Bench = {
  name: 'verdicts',
  about:
    'how often comparisons, repeats and trends are wrong: on simulated runs that vary by 3 %, and on such as this machine has them',
  goals: {
    aa_likely: { better: 'lower', goal: 0.02 },
    aa_confirmed: { better: 'lower', goal: 0.02 },
    plus10_found_with_5: { better: 'higher', goal: 0.6 },
    plus10_confirmed: { better: 'higher', goal: 0.9 },
    trend_false: { better: 'lower', goal: 0.01 },
    trend_plus10_after_3: { better: 'higher', goal: 0.9 },
    pull_false_worse: { better: 'lower', goal: 0.02 },
    pull_plus10_found: { better: 'higher', goal: 0.9 },
    // What varies more than experience lets expect is told apart, but five runs cannot tell how much more.
    here_aa_likely: { better: 'lower', goal: 0.02, must: 0.06 },
    here_aa_confirmed: { better: 'lower', goal: 0.02, must: 0.06 },
  },
  run,
};

async function run({ say }: BenchContext): Promise<Measured> {
  const here = await calibrate(calibrations, say);
  const usual = compared(simulatedRun.usual, say);
  const ofThisMachine = compared(here, say);
  const pulls = pullChecks(say);
  const figures = { ...usual, ...trends(say), ...pulls.ratios };
  const rows = [
    {
      case: `${calibrations} runs of the example`,
      metric: 'p95, run to run',
      value: here.noise,
      unit: 'share',
    },
    {
      case: `${calibrations} runs of the example`,
      metric: 'memory of a second',
      value: here.memory,
      unit: 'AR(1)',
    },
    {
      case: `${calibrations} runs of the example`,
      metric: 'steps of a second',
      value: here.wandering,
      unit: 'share',
    },
    ...rowsOf('runs that vary by 3 %', figures),
    ...pulls.rows,
    ...rowsOf('runs as this machine has them', ofThisMachine),
  ];
  const prefixed = Object.entries(ofThisMachine).map(([name, value]) => [`here_${name}`, value]);
  return { rows, ratios: { ...figures, ...Object.fromEntries(prefixed) } };
}

function rowsOf(what: string, figures: Record<string, number>): Measured['rows'] {
  return Object.entries(figures).map(([metric, value]) => ({ case: what, metric, value, unit: 'share' }));
}

/** How often comparisons and repeats of runs of a kind are wrong, of all trials. */
function compared(character: Character, say: (line: string) => void) {
  say(`making ${pool} runs of each kind`);
  const { draw } = drawn(character, [1, 1.1, 1.2], pool);
  const share = (what: string, once: () => boolean, times = trials): number => {
    say(what);
    let hits = 0;
    for (let i = 0; i < times; i++) if (once()) hits++;
    return hits / times;
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
  return {
    aa_suspected_with_1: share('A/A, one run to compare with', () => changed(history(1), 1), resampled),
    plus10_found_with_1: share('+10 %, one run', () => worse(history(1), 1.1), resampled),
    plus20_found_with_1: share('+20 %, one run', () => worse(history(1), 1.2), resampled),
    aa_likely: share('A/A, five runs', () => changed(history(5), 1)),
    plus10_found_with_5: share('+10 %, five runs', () => worse(history(5), 1.1)),
    plus20_found_with_5: share('+20 %, five runs', () => worse(history(5), 1.2)),
    aa_confirmed: share('A/A, by turns', () => ['worse', 'better'].includes(decide(1))),
    plus10_confirmed: share('+10 %, by turns', () => decide(1.1) === 'worse'),
  };
}

/** Trends of forty runs: stable ones, and such that are a tenth worse since three runs. */
function trends(say: (line: string) => void) {
  const marked = (levels: readonly number[], seed: number) => {
    const runs = simulatedRun
      .history(levels, seed, simulatedRun.usual.noise)
      .map((run) => ({ run: aRun(run), url: null }));
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
