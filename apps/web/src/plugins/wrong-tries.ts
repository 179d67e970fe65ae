import { MarteauError } from '@marteau/shared';

/** So many wrong tokens a minute from one address are typing mistakes; more are guesses. */
const TRIES_PER_MINUTE = 30;
const MINUTE = 60_000;
/** Addresses beyond these share one count, so that guesses from everywhere fill no memory. */
const MOST_ADDRESSES = 10_000;

export interface WrongTries {
  /** Counts a wrong token. @throws MarteauError too-many-tries, once its address had its share of this minute */
  count(address: string): void;
}

/** @param now a clock in ms that never goes back */
export function createWrongTries(now = () => performance.now()): WrongTries {
  const tries = new Map<string, number>();
  let since = now();
  return {
    count(address) {
      if (now() - since >= MINUTE) {
        tries.clear();
        since = now();
      }
      const key = tries.has(address) || tries.size < MOST_ADDRESSES ? address : 'others';
      const before = tries.get(key) ?? 0;
      if (before >= TRIES_PER_MINUTE) throw new MarteauError('too-many-tries', {});
      tries.set(key, before + 1);
    },
  };
}
