/**
 * An exact part of anything that is numbered from 0 (users, arrivals, iterations): the numbers
 * `first`, `first + stride`, `first + 2 × stride`, …
 * The parts of a whole are disjoint and together the whole, whatever its size; nothing is rounded.
 */
export interface ExactPart {
  readonly first: number;
  readonly stride: number;
}

export const whole: ExactPart = { first: 0, stride: 1 };

/** Part `index` of the `of` equal parts of a part. */
export function partOf({ first, stride }: ExactPart, index: number, of: number): ExactPart {
  return { first: first + stride * index, stride: stride * of };
}

/** How many of the numbers below `total` belong to the part. */
export function countOf({ first, stride }: ExactPart, total: number): number {
  return Math.max(0, Math.ceil((total - first) / stride));
}

/** The part's member number `n`, as a number of the whole. */
export function memberOf({ first, stride }: ExactPart, n: number): number {
  return first + stride * n;
}

/** The same part of what comes after the first `before` numbers, which are counted from 0 again. */
export function partAfter({ first, stride }: ExactPart, before: number): ExactPart {
  if (first === Number.POSITIVE_INFINITY) return { first, stride };
  return { first: (((first - before) % stride) + stride) % stride, stride };
}
