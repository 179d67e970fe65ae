const MINUTE_MS = 60_000;
/** Addresses beyond these share one count, so that requests from everywhere fill no memory. */
const MOST_ADDRESSES = 10_000;

/** How much of something each address may do in a minute. */
export interface PerMinute {
  /** Counts once more. @returns false where its share of this minute is used up */
  may(address: string): boolean;
}

/** @param now a clock in ms that never goes back */
export function perMinute(most: number, now = () => performance.now()): PerMinute {
  const counts = new Map<string, number>();
  let since = now();
  return {
    may(address) {
      if (now() - since >= MINUTE_MS) {
        counts.clear();
        since = now();
      }
      const key = counts.has(address) || counts.size < MOST_ADDRESSES ? address : 'others';
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= most;
    },
  };
}
