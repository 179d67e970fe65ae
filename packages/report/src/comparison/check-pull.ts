import { type Confirmation, formatChange, formatPercent, type PairedFigure } from '@marteau/shared';
import type { Statistics } from '../schema/statistics.ts';
import { confirm, levels, mainRatios, type Pair } from './confirm.ts';
import { type Measured, measuredOf } from './endpoints.ts';
import { holm } from './holm.ts';
import { MARGIN } from './main-figure.ts';
import { findable, type Prediction, paired, pairedShare } from './prediction.ts';
import { varianceWithin } from './within-runs.ts';

/** What pairs of a pull request's base and head say so far. */
export type PullCheck = Pick<
  Confirmation,
  'decision' | 'sentence' | 'pairs' | 'change' | 'low' | 'high' | 'figures' | 'smallest'
>;

/** More errors than this, as a share of all requests, are a change. */
const ERROR_MARGIN = 0.005;
/**
 * How often any of the other figures may be called changed, to one side, where nothing changed. They are looked at once,
 * when the main figure is done with.
 */
const OTHER_LEVEL = 0.003;
/** Errors come in clusters: their shares vary more than those of single requests would. */
const CLUSTERS = 4;
const MOST_FIGURES = 100;

/**
 * Compares the head of a pull request with its base, by pairs of runs. What decides a confirmation decides here; once it is done with, errors and rate of all requests make a head *worse*, too. Those of single
 * requests are told and decide nothing. Figures are there once it is decided. Ask again after every pair.
 * @returns null while there is no pair, or the two have no load in common
 */
export function checkPull(pairs: readonly Pair[]): PullCheck | null {
  const main = confirm(pairs);
  const ratios = mainRatios(pairs);
  if (main === null || ratios === null) return null;
  if (main.decision === 'undecided') return main;
  const figures = figuresOf(pairs);
  const smallest = Math.expm1(
    findable(ratios.ratios, ratios.within, {
      pairs: main.pairs,
      level: levels[Math.max(0, Math.min(main.pairs, 7) - 3)]!,
      margin: MARGIN,
    }),
  );
  const check = { ...main, figures, smallest };
  if (main.decision === 'worse') return check;
  const other = figures.find(
    ({ label, metric, direction }) =>
      label === null && (metric === 'errors' || metric === 'rate') && direction === 'worse',
  );
  if (other === undefined) return { ...check, sentence: sentenceOf(main) };
  const what = other.metric === 'errors' ? 'errors' : 'rate';
  const much =
    other.metric === 'errors' ? `${formatChange(other.change)} of all requests` : formatChange(other.change);
  return {
    ...check,
    decision: 'worse',
    sentence: `Worse: ${what} at ${other.load} ${much} over ${main.pairs} pairs of runs by turns; ${main.sentence}`,
  };
}

/** Where nothing changed it is said how small a change is excluded. */
function sentenceOf({ decision, low, high, sentence }: PullCheck): string {
  if (decision !== 'same' || low === null || high === null) return sentence;
  const bound = Math.ceil(Math.max(Math.abs(low), Math.abs(high)) * 100) / 100;
  return `No change of at least ${formatPercent(bound)}${sentence.replace(/^[^:]*/, '')}`;
}

/** Every figure that all pairs have, told as changed where it stands among all the others. */
function figuresOf(pairs: readonly Pair[]): PairedFigure[] {
  const keyOf = ({ load, label, of, metric }: Measured) => JSON.stringify([load, label, metric, of]);
  const byKey = new Map<string, Measured[]>();
  for (const { before, after } of pairs) {
    for (const one of measuredOf([before], after))
      byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
  }
  const whole = [...byKey.values()].filter((all) => all.length === pairs.length).slice(0, MOST_FIGURES);
  const found = whole.map((all) => ({ one: all[0]!, ...test(all, pairs) }));
  const stands = holm(
    found.map(({ counts, prediction }) => (counts ? prediction.probability : 1)),
    OTHER_LEVEL,
  );
  return found.map(({ one: { metric, label, of, load }, prediction: { change, low, high } }, i) => {
    const isErrors = metric === 'errors';
    const shown = (value: number) => (isErrors ? value : Math.expm1(value));
    const isWorse = metric === 'rate' ? change < 0 : change > 0;
    const direction = !stands[i] ? 'same' : isWorse ? 'worse' : 'better';
    const interval = { change: shown(change), low: shown(low), high: shown(high) };
    return { metric, label, ...(of && { of }), load, ...interval, direction };
  });
}

/** `counts`: the change is large enough to be one. */
function test(all: readonly Measured[], pairs: readonly Pair[]): { prediction: Prediction; counts: boolean } {
  const { metric } = all[0]!;
  if (metric === 'errors') {
    const differences = all.map(({ before, after }) => after - before[0]!);
    const prediction = pairedShare(differences, usualOfErrors(all, pairs));
    return { prediction, counts: Math.abs(prediction.change) > ERROR_MARGIN };
  }
  const blocks = all.flatMap(({ blocksBefore, blocksAfter }) =>
    blocksAfter ? [...blocksBefore, blocksAfter] : blocksBefore,
  );
  const ratios = all.map(({ before, after }) => after / before[0]!);
  const prediction = paired(ratios, varianceWithin(blocks, metric));
  return { prediction, counts: Math.abs(prediction.change) > MARGIN };
}

/** The variance of a difference of two shares of errors, where each of so many requests fails by itself. */
function usualOfErrors(all: readonly Measured[], pairs: readonly Pair[]): number {
  const shares = all.flatMap(({ before, after }) => [before[0]!, after]);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const count = Math.min(...pairs.map(({ after }, i) => countOf(after.steps, all[i]!)));
  // One error at least, or what never failed would be taken for sure never to fail.
  const share = Math.max(mean, 1 / count);
  return (CLUSTERS * 2 * share * (1 - Math.min(share, 0.5))) / count;
}

function countOf(
  steps: readonly { plan: { name: string }; requests: Statistics; tests: Statistics }[],
  { load, kind }: Measured,
): number {
  const step = steps.find(({ plan }) => plan.name === load);
  return Math.max(1, (kind === 'test' ? step?.tests.count : step?.requests.count) ?? 1);
}
