/** How long the target takes for the n-th request that reaches it, and when it takes none. All in ms. */
export type Behaviour =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'log-normal'; readonly median: number; readonly sigma: number; readonly seed: number }
  /** Whoever arrives between `from` and `from + ms` (of the load) is served once that is over. */
  | { readonly kind: 'stall'; readonly ms: number; readonly from: number; readonly length: number };

/** The service time of each request in order, without stalls. */
export function serviceTimes(behaviour: Behaviour): () => number {
  if (behaviour.kind !== 'log-normal') return () => behaviour.ms;
  const { median, sigma, seed } = behaviour;
  const random = mulberry32(seed);
  return () => {
    // Box and Muller: a normal value of two even ones.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return median * Math.exp(sigma * normal);
  };
}

/**
 * Response times that a plan of `rate` per second for `durationMs` has, rising: from the plan and the target's schedule
 * alone, whatever anybody measured.
 */
export function truthOf(behaviour: Behaviour, rate: number, durationMs: number): number[] {
  const next = serviceTimes(behaviour);
  const count = (rate * durationMs) / 1000;
  const times = Array.from({ length: count }, (_, n) => stalledUntil(behaviour, (n / rate) * 1000) + next());
  return times.sort((a, b) => a - b);
}

/** How much later than `at` the target begins to serve, ms. */
export function stalledUntil(behaviour: Behaviour, at: number): number {
  if (behaviour.kind !== 'stall') return 0;
  const { from, length } = behaviour;
  return at >= from && at < from + length ? from + length - at : 0;
}

/** Tommy Ettinger's generator of even numbers 0 … 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
