import type { Test } from './definition.ts';

/** As fine as shares are told apart. */
const LONGEST = 1000;

/** Orders that were made already, as indices: every user has tests of its own, and the same weights. */
const known = new Map<string, readonly number[]>();

/**
 * In which order iterations (of a user, or of arrivals) are of which test, again and again; null where no test has a
 * weight, and everybody runs all of them in turn. Any segment of the order holds each test about as often as its weight says (smooth weighted
 * round robin, as nginx has it).
 */
export function orderByWeight(tests: readonly Test[]): Test[] | null {
  if (tests.every(({ options }) => options.weight === undefined)) return null;
  const weights = tests.map(({ options }) => options.weight ?? 1);
  const key = weights.join(' ');
  const order = known.get(key) ?? roundRobin(whole(weights));
  known.set(key, order);
  return order.length === 0 ? null : order.map((index) => tests[index]!);
}

function roundRobin(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credit = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    weights.forEach((weight, i) => {
      credit[i]! += weight;
    });
    const richest = credit.indexOf(Math.max(...credit));
    credit[richest]! -= total;
    return richest;
  });
}

/** The same proportions in small whole numbers: exact where the weights are such, else to the thousandth. */
function whole(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const isSmall = weights.every(Number.isInteger) && total <= LONGEST;
  const counts = isSmall ? weights : weights.map((weight) => shareOf(weight, total));
  const divisor = counts.reduce(greatestCommon, 0) || 1;
  return counts.map((count) => count / divisor);
}

/** Of a thousand; whatever has a weight is run. */
function shareOf(weight: number, total: number): number {
  return weight > 0 ? Math.max(1, Math.round((weight / total) * LONGEST)) : 0;
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b);
}
