/** How far experience with other runs is believed about the variance of some values. */
export interface Experience {
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
export function moderated(
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
