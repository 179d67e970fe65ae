/** How long the target takes for the n-th request that reaches it, and when it takes none. All in ms. */
export type Behaviour =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'log-normal'; readonly median: number; readonly sigma: number; readonly seed: number }
  /**
   * Nobody is answered from `from` on for `length`; then whoever waits, in the order of arrival, one every `apart`:
   * nothing answers a thousand in one moment.
   */
  | {
      readonly kind: 'stall';
      readonly ms: number;
      readonly from: number;
      readonly length: number;
      readonly apart: number;
    };

/** Before the load itself, in the warm-up, a stall of the same length begins: whom it needs, is there then. */
const STALL_BEFORE_MS = 3000;

/** When a request of the warm-up is answered: much as later, so that the target's code has run before, too. */
export function answerBefore(behaviour: Behaviour, arrival: number): number {
  if (behaviour.kind === 'fixed') return arrival + behaviour.ms;
  if (behaviour.kind === 'log-normal') return arrival + behaviour.median;
  const end = behaviour.length - STALL_BEFORE_MS;
  return arrival >= -STALL_BEFORE_MS && arrival < end ? end : arrival;
}

/** When each request is answered, given in the order of their arrival; all ms of the load. */
export function answersOf(behaviour: Behaviour): (arrival: number) => number {
  if (behaviour.kind === 'fixed') return (arrival) => arrival + behaviour.ms;
  return behaviour.kind === 'stall' ? stalledAnswers(behaviour) : logNormalAnswers(behaviour);
}

/**
 * Response times that a plan of `rate` per second for `durationMs` has, rising: from the plan and the target's schedule
 * alone, whatever anybody measured.
 */
export function truthOf(behaviour: Behaviour, rate: number, durationMs: number): number[] {
  const answer = answersOf(behaviour);
  const due = Array.from({ length: (rate * durationMs) / 1000 }, (_, n) => (n / rate) * 1000);
  return due.map((arrival) => answer(arrival) - arrival).sort((a, b) => a - b);
}

function stalledAnswers({ ms, from, length, apart }: Extract<Behaviour, { kind: 'stall' }>) {
  const end = from + length;
  let last = 0;
  return (arrival: number): number => {
    const stalled = arrival >= from && arrival < end;
    last = Math.max((stalled ? end : arrival) + ms, last + apart);
    return last;
  };
}

function logNormalAnswers({ median, sigma, seed }: Extract<Behaviour, { kind: 'log-normal' }>) {
  const random = mulberry32(seed);
  return (arrival: number): number => {
    // Box and Muller: a normal value of two even ones.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return arrival + median * Math.exp(sigma * normal);
  };
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
