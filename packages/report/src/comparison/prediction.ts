import { tProbability, tQuantile } from './student-t.ts';

/** How much a figure varies from run to run of the same thing, on a log scale, before anything is known of it. */
const usualNoise = 0.03;
/** How many runs that experience is worth beside those at hand. */
const experience = 12;

/** The same of pairs, whose noise is less known. */
const pairedExperience = 4;

/** Runs whose variance is so many times the usual one are of another kind: experience says nothing about them. */
const surprising = 5;

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
 * A prediction interval for one more run, from the logarithms of a figure in earlier runs. Few runs tell little about
 * how much runs vary, so their variance is moderated by experience with others (G. Smyth, Linear models and empirical
 * Bayes methods, 2004), unless they vary so much more that experience misleads.
 * @param earlier values of at least two runs, all above 0
 */
export function predict(earlier: readonly number[], found: number): Prediction {
  const logs = earlier.map(Math.log);
  const count = logs.length;
  const mean = logs.reduce((sum, value) => sum + value, 0) / count;
  const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const { variance, freedom } = moderated(squares, count - 1, usualNoise ** 2, experience);
  const error = Math.sqrt(variance * (1 + 1 / count));
  const change = Math.log(found) - mean;
  const reach = tQuantile(0.975, freedom) * error;
  const probability = 1 - tProbability(Math.abs(change) / error, freedom);
  return { change, low: change - reach, high: change + reach, probability };
}

/**
 * The change between two things that ran by turns: a t interval of the logarithms of their ratios. What drifts from
 * hour to hour is the same for both of a pair.
 * @param ratios after / before of each pair; at least two
 */
export function paired(ratios: readonly number[]): Prediction {
  const logs = ratios.map(Math.log);
  const count = logs.length;
  const change = logs.reduce((sum, value) => sum + value, 0) / count;
  const squares = logs.reduce((sum, value) => sum + (value - change) ** 2, 0);
  // The ratio of two runs varies by both of them.
  const { variance, freedom } = moderated(squares, count - 1, 2 * usualNoise ** 2, pairedExperience);
  const error = Math.sqrt(variance / count);
  const reach = tQuantile(0.975, freedom) * error;
  const probability = 1 - tProbability(Math.abs(change) / error, freedom);
  return { change, low: change - reach, high: change + reach, probability };
}

/**
 * The variance of some values, given experience with others.
 * @param squares sum of squares about the mean
 * @param own degrees of freedom of these
 * @param usual variance that experience lets expect, worth so many more
 */
function moderated(
  squares: number,
  own: number,
  usual: number,
  worth: number,
): { variance: number; freedom: number } {
  if (squares / own > surprising * usual) return { variance: squares / own, freedom: own };
  return { variance: (worth * usual + squares) / (worth + own), freedom: worth + own };
}
