import { formatPercent, type Results } from '@marteau/shared';
import { measuredOf } from './endpoints.ts';
import { paired } from './prediction.ts';

/** One repeat: both commits, run after one another on the same nodes against the same target. */
export interface Pair {
  readonly before: Results;
  readonly after: Results;
}

/** What the repeats say so far. */
export interface Confirmation {
  readonly decision: 'worse' | 'better' | 'same' | 'undecided' | 'inconclusive';
  /** after / before - 1 of the main figure, and its 95 % interval. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  readonly sentence: string;
}

/** Fewer pairs decide nothing; more than this do not decide it either. */
const fewest = 3;
const most = 7;
const margin = Math.log(1.05);
/** Looking after every pair gives chance several tries, so each look asks for more than the whole is allowed. */
const level = 0.003;

/**
 * Whether repeats by turns confirm a change of the p95 of all requests at the highest common load. Ask again after
 * every pair, until it is decided or inconclusive.
 * @returns null while there is no pair, or the two have no load in common
 */
export function confirm(pairs: readonly Pair[]): Confirmation | null {
  const found = pairs.flatMap(({ before, after }) => {
    const main = measuredOf([before], after).findLast(
      ({ label, metric }) => label === null && metric === 'p95',
    );
    return main ? [{ load: main.load, ratio: main.after / main.before[0]! }] : [];
  });
  if (found.length === 0) return null;
  const { change, low, high, probability } =
    found.length < 2
      ? {
          change: Math.log(found[0]!.ratio),
          low: Number.NEGATIVE_INFINITY,
          high: Number.POSITIVE_INFINITY,
          probability: 1,
        }
      : paired(found.map(({ ratio }) => ratio));
  const decision = decide(found.length, change, low, high, probability);
  const result = {
    decision,
    change: Math.expm1(change),
    low: Math.expm1(low),
    high: Math.expm1(high),
    pairs: found.length,
  };
  return { ...result, sentence: inWords(result, found[0]!.load) };
}

function decide(
  pairs: number,
  change: number,
  low: number,
  high: number,
  probability: number,
): Confirmation['decision'] {
  if (pairs < fewest) return 'undecided';
  if (Math.abs(change) > margin && probability < level) return change > 0 ? 'worse' : 'better';
  if (low > -margin && high < margin) return 'same';
  return pairs < most ? 'undecided' : 'inconclusive';
}

function inWords({ decision, change, pairs }: Omit<Confirmation, 'sentence'>, load: string): string {
  const size = `${change < 0 ? '−' : '+'}${formatPercent(Math.round(Math.abs(change) * 1000) / 1000)}`;
  const so = `p95 at ${load} ${size} over ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of runs by turns`;
  switch (decision) {
    case 'worse':
    case 'better':
      return `Confirmed ${decision}: ${so}.`;
    case 'same':
      return `No change beyond 5 %: ${so}.`;
    case 'undecided':
      return `Not decided yet: ${so}.`;
    case 'inconclusive':
      return `Inconclusive: ${so}. The runs vary too much among themselves; longer runs, or a quieter target, would tell more.`;
  }
}
