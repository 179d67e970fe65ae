import { checkPull } from '@marteau/report';
import { type Measured, median } from '../bench.ts';
import { drawn } from './drawn.ts';
import { simulatedRun } from './simulated-run.ts';

/** Of pull requests so many are drawn, from a pool of so many runs: each compares every figure, which takes longer. */
const PULLS = 400;
const PULL_POOL = 300;
const SPREADS = [0.03, 0.05, 0.08];

/** How the check of a pull request ends, of unchanged heads and of such as are a tenth slower. */
export function pullChecks(say: (line: string) => void): Pick<Measured, 'rows' | 'ratios'> {
  const found = SPREADS.map((noise) => {
    const spread = `${noise * 100} %`;
    say(`pull requests, runs that vary by ${spread}`);
    const { draw } = drawn({ ...simulatedRun.usual, noise }, [1, 1.1], PULL_POOL);
    const check = (slower: number): { decision: string; pairs: number } => {
      const befores = draw(1, 7);
      const afters = draw(slower, slower === 1 ? 14 : 7).filter((one) => !befores.includes(one));
      for (let count = 1; ; count++) {
        const pairs = befores.slice(0, count).map((before, i) => ({ before, after: afters[i]! }));
        const { decision, pairs: counted } = checkPull(pairs)!;
        if (decision !== 'undecided') return { decision, pairs: counted };
      }
    };
    const [same, slower] = [1, 1.1].map((by) => Array.from({ length: PULLS }, () => check(by)));
    const share = (all: typeof same, wanted: string) =>
      all!.filter(({ decision }) => decision === wanted).length / PULLS;
    const medianOf = (all: typeof same) => median(all!.map(({ pairs }) => pairs));
    const row = (metric: string, value: number, unit = 'share') => ({
      case: `pull requests, runs that vary by ${spread}`,
      metric,
      value,
      unit,
    });
    return {
      falseWorse: share(same, 'worse'),
      foundWorse: share(slower, 'worse'),
      rows: [
        row('unchanged, called worse', share(same, 'worse')),
        row('unchanged, called unchanged', share(same, 'same')),
        row('10 % slower, called worse', share(slower, 'worse')),
        row('10 % slower, called unchanged', share(slower, 'same')),
        row('pairs of an unchanged one', medianOf(same), ''),
        row('pairs of a slower one', medianOf(slower), ''),
      ],
    };
  });
  const [usual] = found;
  return {
    rows: found.flatMap(({ rows }) => rows),
    ratios: { pull_false_worse: usual!.falseWorse, pull_plus10_found: usual!.foundWorse },
  };
}
