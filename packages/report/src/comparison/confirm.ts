import { type Confirmation, formatChange, PAIRS_OF_CONFIRMATION } from '@marteau/shared';
import type { Results } from '../schema/results.ts';
import { measuredOf } from './endpoints.ts';
import { MARGIN } from './main-figure.ts';
import { type Prediction, paired } from './prediction.ts';
import { varianceWithin } from './within-runs.ts';

/** One repeat: both commits, run after one another on the same nodes against the same target. */
export interface Pair {
  readonly before: Results;
  readonly after: Results;
}

/** What the repeats say so far. */
export type Decision = Pick<Confirmation, 'decision' | 'sentence' | 'pairs' | 'change' | 'low' | 'high'>;

const { fewest: FEWEST, most: MOST } = PAIRS_OF_CONFIRMATION;
/**
 * Looking after every pair gives chance several tries, so the error that is allowed is spent over the looks, most of it
 * at the last: few pairs decide what is plain, and the whole of them what is not (K. Lan and D. DeMets, Discrete
 * sequential boundaries, 1983).
 */
export const levels = [0.0003, 0.0006, 0.0013, 0.003, 0.0065];

/**
 * Whether repeats by turns confirm a change of the p95 of all requests at the highest common load (of few requests, of the
 * median). Ask again after
 * every pair, until it is decided or inconclusive.
 * @returns null while there is no pair, or the two have no load in common
 */
export function confirm(pairs: readonly Pair[]): Decision | null {
  const found = mainRatios(pairs);
  if (found === null) return null;
  const { ratios, within } = found;
  const prediction = ratios.length < 2 ? null : paired(ratios, within);
  const decision = prediction === null ? 'undecided' : decide(ratios.length, prediction);
  const result = {
    decision,
    change: prediction === null ? ratios[0]! - 1 : Math.expm1(prediction.change),
    low: prediction && Math.expm1(prediction.low),
    high: prediction && Math.expm1(prediction.high),
    pairs: ratios.length,
  };
  return { ...result, sentence: inWords(result, found) };
}

/** After / before of the main figure in each pair. */
export interface MainRatios {
  /** The p95 of all requests at the highest common load; of few requests, the median. */
  readonly metric: 'p95' | 'p50';
  readonly load: string;
  readonly ratios: readonly number[];
  /** How much its logarithm varies within the runs. */
  readonly within: number;
}

/** Null while there is no pair, or the two have no load in common. */
export function mainRatios(pairs: readonly Pair[]): MainRatios | null {
  const measured = pairs.map(({ before, after }) => measuredOf([before], after));
  for (const metric of ['p95', 'p50'] as const) {
    const found = measured.flatMap((all) => {
      const main = all.findLast((one) => one.label === null && one.metric === metric);
      return main === undefined ? [] : [main];
    });
    if (found[0] === undefined || found.length < pairs.length) continue;
    const blocks = found.flatMap(({ blocksBefore, blocksAfter }) =>
      blocksAfter ? [...blocksBefore, blocksAfter] : blocksBefore,
    );
    const ratios = found.map(({ before, after }) => after / before[0]!);
    return { metric, load: found[0].load, ratios, within: varianceWithin(blocks, metric) };
  }
  return null;
}

function decide(pairs: number, { change, low, high, probability }: Prediction): Decision['decision'] {
  if (pairs < FEWEST) return 'undecided';
  const level = levels[Math.min(pairs, MOST) - FEWEST]!;
  if (Math.abs(change) > MARGIN && probability < level) return change > 0 ? 'worse' : 'better';
  if (low > -MARGIN && high < MARGIN) return 'same';
  return pairs < MOST ? 'undecided' : 'inconclusive';
}

function inWords(
  { decision, change, pairs }: Pick<Decision, 'decision' | 'pairs'> & { change: number },
  { metric, load }: MainRatios,
): string {
  const so = `${metric === 'p95' ? 'p95' : 'the median'} at ${load} ${formatChange(change)} over ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of runs by turns`;
  switch (decision) {
    case 'worse':
    case 'better':
      return `Confirmed ${decision}: ${so}.`;
    case 'same':
      return `No change beyond 5 %: ${so}.`;
    case 'undecided':
    case 'broken':
      return `Not decided yet: ${so}.`;
    case 'inconclusive':
      return `Inconclusive: ${so}. The runs vary too much among themselves; longer runs, or a quieter target, would tell more.`;
  }
}
