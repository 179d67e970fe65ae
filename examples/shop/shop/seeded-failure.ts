/**
 * Answers whether this call fails: exactly one of every `oneIn` calls does, at a place that the seed decides, so that
 * two runs against a fresh shop see the same failures.
 */
export function outOfService({ seed, oneIn }: { seed: number; oneIn: number }): () => boolean {
  let state = seed;
  let calls = 0;
  let unlucky = 0;
  return () => {
    const place = calls++ % oneIn;
    if (place === 0) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      unlucky = state % oneIn;
    }
    return place === unlucky;
  };
}
