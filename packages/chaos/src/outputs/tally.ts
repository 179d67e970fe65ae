import type { ChaosEvents } from '../events.ts';

/** How often something was hit since the last tally. */
export interface Tally {
  proxy: string;
  behavior: string;
  command: string;
  path: string | null;
  count: number;
  /** It is no fault, but why faults of requests could not hit so many connections any more. */
  note?: string;
}

/** Paths and keys may be without number. */
const MOST_KEYS = 200;

/** A tally that goes on. */
export interface RunningTally {
  /** Tells what was hit since the last time, now. */
  flush(): void;
  /** Tells what is left, and ends. */
  end(): void;
}

/** Adds faults up and tells them once in a while, so that who watches a busy proxy is not flooded. */
export function tallyFaults(
  events: ChaosEvents,
  everyMs: number,
  tell: (tallies: Tally[]) => void,
): RunningTally {
  let byKey = new Map<string, Tally>();
  const count = (key: string, what: Omit<Tally, 'count'>) => {
    const known = byKey.get(key);
    if (known) known.count++;
    else byKey.set(key, { ...what, count: 1 });
  };
  const unsubscribe = events.subscribe(({ proxy, behavior, command, path, detail, isLost }) => {
    if (isLost)
      return count(`${proxy} ${detail}`, { proxy, behavior, command: '', path: null, note: detail });
    if (behavior === 'proxy') return; // no fault, but what happened to the proxy itself
    const place = byKey.size < MOST_KEYS ? path : null;
    const key = JSON.stringify([proxy, behavior, command, place]);
    count(key, { proxy, behavior, command, path: place });
  });
  const flush = () => {
    if (byKey.size === 0) return;
    const tallies = [...byKey.values()];
    byKey = new Map();
    tell(tallies);
  };
  const timer = setInterval(flush, everyMs).unref();
  return {
    flush,
    end() {
      clearInterval(timer);
      unsubscribe();
      flush();
    },
  };
}
