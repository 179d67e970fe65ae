import { type Grade, spellDuration } from '@marteau/shared';
import type { Comparison, Endpoint } from '../schema/comparison.ts';
import type { Results } from '../schema/results.ts';
import { comparePercentile, compareRate } from './block-bootstrap.ts';
import { whyApart } from './comparable.ts';
import { differencesOf } from './differences.ts';
import { type Measured, measuredOf } from './endpoints.ts';
import { holm } from './holm.ts';
import { MARGIN, mainOf } from './main-figure.ts';
import { predict } from './prediction.ts';
import { comparisonInWords } from './sentences.ts';
import { tProbability, tQuantile } from './student-t.ts';
import { varianceWithin } from './within-runs.ts';

/** More errors than this, as a share of all requests, are a change. */
const ERROR_MARGIN = 0.005;
/** From so many earlier runs on it is known how much runs vary among themselves. */
const ENOUGH_RUNS = 5;
/** Shorter loads than this, in s, vary by chance more than they tell of themselves: only a history of runs knows. */
const SHORTEST_SECONDS = 10;
/** The most runs that a comparison looks back on. */
const MOST_RUNS = 12;
/**
 * How often, at most, the main figure may be called worse, or better, and any of the others changed, when nothing did:
 * most of it for what people want to be warned of. The margin takes its part, too, so that all together are wrong in
 * fewer than 2 % of cases: `npm run bench -- verdicts` holds this against simulated runs.
 */
const WORSE_LEVEL = 0.0225;
const BETTER_LEVEL = 0.001;
const OTHER_LEVEL = 0.003;

/**
 * Compares a run with earlier ones of the same test, joined on equal loads. The main figure is the p95 of all requests
 * at the highest common load; the others are adjusted for being many.
 * @param baselines the newest first; with five or more a change is likely, with fewer suspected;
 * those that cannot be compared are left out
 * @returns null when none is left; `whyApart` says why
 */
export function compare(baselines: readonly Results[], after: Results): Comparison | null {
  const runs = baselines.filter((before) => whyApart(before, after) === null).slice(0, MOST_RUNS);
  const measured = measuredOf(runs, after);
  if (measured.length === 0) return null;
  const hasHistory = runs.length >= ENOUGH_RUNS;
  const tested = measured.map((one) =>
    hasHistory ? byHistory(one) : one.seconds < SHORTEST_SECONDS ? untold(one) : byBlocks(one),
  );
  const main = mainOf(measured);
  const others = measured.map((_, i) => i).filter((i) => i !== main);
  const adjusted = holm(
    others.map((i) => tested[i]!.probability),
    OTHER_LEVEL,
  );
  const stands = measured.map((_, i) =>
    i === main ? tested[i]!.probability < levelOf(measured[i]!, tested[i]!) : adjusted[others.indexOf(i)]!,
  );
  const endpoints = measured.map((one, i) =>
    endpointOf(one, tested[i]!, stands[i]! ? (hasHistory ? 'likely' : 'suspected') : null),
  );
  return {
    baselines: runs.map(({ run }) => ({
      id: run.id,
      commit: run.commit,
      commitSubject: run.commitSubject,
      at: run.startedAt ?? run.submittedAt,
      url: run.url,
    })),
    ...comparisonInWords(endpoints, runs.length, hasHistory ? '' : tooShort(measured[main] ?? measured[0]!)),
    endpoints,
    changed: differencesOf(runs[0]!, after),
  };
}

interface Tested {
  /** Of the logarithm of after / before; for errors of their difference. */
  readonly change: number;
  readonly low: number | null;
  readonly high: number | null;
  /** The chance to see as much where nothing changed. */
  readonly probability: number;
}

/** Against what earlier runs let expect, in which everything that differs from run to run is contained. */
function byHistory(measured: Measured): Tested {
  if (measured.metric === 'errors') return byErrors(measured);
  const { metric, before, after, blocksBefore, blocksAfter } = measured;
  const within = varianceWithin(blocksAfter ? [...blocksBefore, blocksAfter] : blocksBefore, metric);
  const { change, low, high, probability } = predict(before, after, within);
  return { change, low, high, probability: Math.abs(change) > MARGIN ? probability : 1 };
}

/** What was found, of which nobody can say whether it is chance. */
function untold({ metric, before, after }: Measured): Tested {
  const usual = before.reduce((sum, value) => sum + value, 0) / before.length;
  const change = metric === 'errors' ? after - usual : Math.log(after / geometricMean(before));
  return { change, low: null, high: null, probability: 1 };
}

/** Empty where the loads were long enough. */
function tooShort({ seconds }: Measured): string {
  if (seconds >= SHORTEST_SECONDS) return '';
  return ` Of a load of ${spellDuration(seconds * 1000)} nobody can tell a change from chance: let ${SHORTEST_SECONDS} s be recorded at least.`;
}

/** Against one to four runs: what varies within the runs is known, what varies between runs is not. */
function byBlocks(measured: Measured): Tested {
  const { metric, before, after, blocksBefore, blocksAfter } = measured;
  if (metric === 'errors') return byErrors(measured);
  const change = Math.log(after / geometricMean(before));
  const none = { change, low: null, high: null, probability: 1 };
  if (blocksAfter === null || blocksBefore.length === 0) return none;
  const found =
    metric === 'rate'
      ? compareRate(blocksBefore, blocksAfter)
      : comparePercentile(blocksBefore, blocksAfter, metric === 'p95' ? 0.95 : 0.5);
  if (found === null) return none;
  const reach = tQuantile(0.975, found.freedom) * found.error;
  const isOutside = after > Math.max(...before) || after < Math.min(...before);
  const beyond = (Math.abs(change) - MARGIN) / Math.max(found.error, 1e-9);
  const probability = isOutside && beyond > 0 ? 1 - tProbability(beyond, found.freedom) : 1;
  return { change, low: change - reach, high: change + reach, probability };
}

/** More errors than any of the earlier runs had, twice over and by half a per cent of all requests. */
function byErrors({ before, after }: Measured): Tested {
  const usual = before.reduce((sum, value) => sum + value, 0) / before.length;
  const isWorse = after - usual > ERROR_MARGIN && after > 2 * Math.max(...before);
  const isBetter = usual - after > ERROR_MARGIN && 2 * after < Math.min(...before);
  return { change: after - usual, low: null, high: null, probability: isWorse || isBetter ? 0 : 1 };
}

function endpointOf(measured: Measured, { change, low, high }: Tested, grade: Grade | null): Endpoint {
  const { kind, label, of, load, metric, before, after } = measured;
  const isErrors = metric === 'errors';
  const ratio = (log: number | null) => (log === null ? null : Math.expm1(log));
  const isWorse = isForWorse(metric, change);
  return {
    kind,
    label,
    ...(of && { of }),
    load,
    metric,
    before: isErrors ? after - change : geometricMean(before),
    after,
    change: isErrors ? change : Math.expm1(change),
    low: isErrors ? null : ratio(low),
    high: isErrors ? null : ratio(high),
    spread: before.length > 1 ? { from: Math.min(...before), to: Math.max(...before) } : null,
    direction: grade === null ? 'same' : isWorse ? 'worse' : 'better',
    grade,
  };
}

function levelOf({ metric }: Measured, { change }: Tested): number {
  return isForWorse(metric, change) ? WORSE_LEVEL : BETTER_LEVEL;
}

/** More is worse, but of a rate. */
function isForWorse(metric: Endpoint['metric'], change: number): boolean {
  return metric === 'rate' ? change < 0 : change > 0;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
