import { tProbability, tQuantile } from './student-t.ts';

/** How much a figure varies from run to run of the same thing, on a log scale, beside what it varies within a run. */
const USUAL_NOISE = 0.03;

/** How far that is believed beside the runs at hand. */
const ofRuns: Experience = { worth: 12, surprising: 3 };

/** Pairs tell by themselves how much they vary, and what they confirm is to be true on any target. */
const ofPairs: Experience = { worth: 2, surprising: 2 };

/** What earlier runs let expect of a figure, against what was found. */
export interface Prediction {
  /** The logarithm of found / expected. */
  readonly change: number;
  /** Ends of the interval of that change, at 95 %. */
  readonly low: number;
  readonly high: number;
  /** The chance of a value so far off, to this side, when nothing had changed. */
  readonly probability: number;
}

/**
 * A prediction interval for one more run, from the logarithms of a figure in earlier runs. A run varies by two parts:
 * by what differs from run to run, of which few runs tell little and experience tells more, and by what varies within
 * each, which its blocks tell.
 * @param earlier values of at least two runs, all above 0
 * @param within variance of the logarithm of the figure within a run; 0 where it is not known
 */
export function predict(earlier: readonly number[], found: number, within = 0): Prediction {
  const logs = earlier.map(Math.log);
  const usual = USUAL_NOISE ** 2 + within;
  const { mean, variance, freedom } = moderated(logs, usual, ofRuns);
  return tested(Math.log(found) - mean, variance * (1 + 1 / logs.length), freedom);
}

/**
 * The change between two things that ran by turns: a t interval of the logarithms of their ratios. What drifts from
 * hour to hour is the same for both of a pair.
 * @param ratios after / before of each pair; at least two
 * @param within as for `predict`
 */
export function paired(ratios: readonly number[], within = 0): Prediction {
  const logs = ratios.map(Math.log);
  // The ratio of two runs varies by both of them.
  const usual = 2 * (USUAL_NOISE ** 2 + within);
  const { mean, variance, freedom } = moderated(logs, usual, ofPairs);
  return tested(mean, variance / logs.length, freedom);
}

/**
 * The change of a share (of errors) between two things that ran by turns: a t interval of their differences.
 * @param differences after - before of each pair; at least two
 * @param usual the variance that chance alone gives such a difference, above 0
 */
export function pairedShare(differences: readonly number[], usual: number): Prediction {
  const { mean, variance, freedom } = moderated(differences, usual, ofPairs);
  return tested(mean, variance / differences.length, freedom);
}

/**
 * The smallest change, as a logarithm, that so many pairs find in nine of ten cases.
 * @param ratios as for `paired`
 * @param level at which a change counts @param margin smaller ones do not
 */
export function findable(
  ratios: readonly number[],
  within: number,
  { pairs, level, margin }: { pairs: number; level: number; margin: number },
): number {
  const usual = 2 * (USUAL_NOISE ** 2 + within);
  const { variance, freedom } = moderated(ratios.map(Math.log), usual, ofPairs);
  const error = Math.sqrt(variance / pairs);
  return Math.max(margin, tQuantile(1 - level, freedom) * error) + tQuantile(0.9, freedom) * error;
}

/** @param variance of the change */
function tested(change: number, variance: number, freedom: number): Prediction {
  const error = Math.sqrt(variance);
  const reach = tQuantile(0.975, freedom) * error;
  const probability = 1 - tProbability(Math.abs(change) / error, freedom);
  return { change, low: change - reach, high: change + reach, probability };
}

/** How far experience with other runs is believed about the variance of some values. */
interface Experience {
  /** How many values it is worth beside those at hand. */
  readonly worth: number;
  /** Values whose variance is so many times the usual one are of another kind: experience says nothing about them. */
  readonly surprising: number;
}

/**
 * Mean and variance of a few values. So few tell little about how much they vary, so their variance is moderated by
 * experience with others (G. Smyth, Linear models and empirical Bayes methods, 2004), unless they vary so much more
 * that experience misleads.
 * @param values at least two
 * @param usual the variance that experience lets expect
 */
function moderated(
  values: readonly number[],
  usual: number,
  { worth, surprising }: Experience,
): { mean: number; variance: number; freedom: number } {
  const own = values.length - 1;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (squares / own > surprising * usual) return { mean, variance: squares / own, freedom: own };
  return { mean, variance: (worth * usual + squares) / (worth + own), freedom: worth + own };
}
