import { tQuantile } from '../../packages/report/src/comparison/student-t.ts';

/** By how much a figure has changed, new over old: the geometric mean of the pairs with its 95 % interval. */
export interface Ratio {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What a machine that is never quite quiet moves a figure by, and nobody shall have to explain. */
const TOLERATED = 1.03;

/**
 * The interval is Student's t on the logarithms, because what disturbs a measurement multiplies it. Positive figures
 * alone have a ratio; others are left out.
 *
 * @returns null where fewer than two pairs have one
 */
export function ratioOf(pairs: readonly { old: number; new: number }[]): Ratio | null {
  const logs = pairs.map((pair) => Math.log(pair.new / pair.old)).filter(Number.isFinite);
  if (logs.length < 2) return null;
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const half = tQuantile(0.975, logs.length - 1) * Math.sqrt(variance / logs.length);
  return { mean: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/** What can be said of it: `worse` and `better` only where the whole interval lies beyond what is tolerated. */
export function verdictOf({ low, high }: Ratio, better: 'lower' | 'higher'): 'worse' | 'better' | 'same' {
  if (low > TOLERATED) return better === 'lower' ? 'worse' : 'better';
  if (high < 1 / TOLERATED) return better === 'lower' ? 'better' : 'worse';
  return 'same';
}
