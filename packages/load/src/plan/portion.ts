/**
 * An exact part of anything that is numbered from 0 (users, arrivals, iterations): the numbers
 * `first`, `first + stride`, `first + 2 × stride`, …
 * The parts of a whole are disjoint and together the whole, whatever its size; nothing is rounded.
 */
export interface Portion {
  readonly first: number;
  readonly stride: number;
}

export const whole: Portion = { first: 0, stride: 1 };

/** Part `index` of the `of` equal parts of a portion. */
export function partOf({ first, stride }: Portion, index: number, of: number): Portion {
  return { first: first + stride * index, stride: stride * of };
}

/** How many of the numbers below `total` belong to the portion. */
export function countOf({ first, stride }: Portion, total: number): number {
  return Math.max(0, Math.ceil((total - first) / stride));
}

/** The portion's member number `n`, as a number of the whole. */
export function memberOf({ first, stride }: Portion, n: number): number {
  return first + stride * n;
}
