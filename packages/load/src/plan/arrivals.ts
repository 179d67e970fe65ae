/** A rate that moves evenly from one value to another, in arrivals per second. */
export interface Rate {
  readonly from: number;
  readonly to: number;
}

/** How many arrivals a stage of `durationMs` has in all. */
export function arrivalsIn({ from, to }: Rate, durationMs: number): number {
  const mean = ((from + to) / 2) * (durationMs / 1000);
  return Math.ceil(mean - 1e-9);
}

/**
 * When arrival number `n` (from 0) is due, in ms from the stage's begin: where the integral of the rate reaches n.
 * With a = (to - from) / duration the integral is from·t + a·t²/2; solved for t in the form that does not cancel.
 */
export function arrivalTime(n: number, { from, to }: Rate, durationMs: number): number {
  if (n === 0) return 0;
  const slope = (to - from) / (durationMs / 1000);
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * n));
  return ((2 * n) / (from + root)) * 1000;
}
