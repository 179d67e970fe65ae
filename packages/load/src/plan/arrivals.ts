import { type Arrivals, draw } from '@marteau/shared';
import { type ExactPart, memberOf } from './exact-part.ts';

/** A rate that moves evenly from one value to another, in arrivals per second. */
export interface Rate {
  readonly from: number;
  readonly to: number;
}

/** The rate when a part (0 … 1) of its stage is over. */
export function rateAt({ from, to }: Rate, part: number): number {
  return from + (to - from) * part;
}

/** The integral of the rate over a stage of `durationMs`: how many arrive in the mean. */
export function meanArrivals({ from, to }: Rate, durationMs: number): number {
  return ((from + to) / 2) * (durationMs / 1000);
}

/** How many arrivals a stage of `durationMs` has in all, where they are spaced evenly. */
export function arrivalsIn(rate: Rate, durationMs: number): number {
  return Math.ceil(meanArrivals(rate, durationMs) - ROUNDING);
}

/** So much of an arrival is an error of rounding. */
export const ROUNDING = 1e-9;

/**
 * Where the arrivals of a part lie on the integral of the rate, the first one first, without an end. Evenly: at the
 * part's own numbers. As people come: a Poisson process of the part's own rate, because many of them, drawn each for
 * itself, are together one of the whole rate.
 */
export function* positions(
  part: ExactPart,
  arrivals: Arrivals | undefined,
  stage: number,
  leg: number,
): Generator<number> {
  const { first, stride } = part;
  if (!arrivals || first === Number.POSITIVE_INFINITY) for (let n = 0; ; n += 1) yield memberOf(part, n);
  const { seed } = arrivals;
  const places = leg === 0 ? [stage, first] : [stage, first, leg];
  let at = 0;
  for (let n = 0; ; n += 1) {
    at -= stride * Math.log(1 - draw(seed, ...places, n));
    yield at;
  }
}

/**
 * When position `n` of the integral is reached, in ms from the stage's begin; arrivals spaced evenly are due at 0, 1, …
 * With a = (to - from) / duration the integral is from·t + a·t²/2; solved for t in the form that does not cancel.
 */
export function arrivalTime(n: number, { from, to }: Rate, durationMs: number): number {
  if (n === 0) return 0;
  const slope = (to - from) / (durationMs / 1000);
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * n));
  return ((2 * n) / (from + root)) * 1000;
}
