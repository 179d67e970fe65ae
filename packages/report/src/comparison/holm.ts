/**
 * Holm's step-down adjustment: which of several findings stand, when the chance that any of them is false is to stay
 * below `level`. (S. Holm, A simple sequentially rejective multiple test procedure, 1979.)
 */
export function holm(probabilities: readonly number[], level: number): boolean[] {
  const order = probabilities.map((_, i) => i).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const stands = probabilities.map(() => false);
  for (const [rank, i] of order.entries()) {
    if (probabilities[i]! > level / (probabilities.length - rank)) break;
    stands[i] = true;
  }
  return stands;
}
