import type { ChaosEvents } from '../events.ts';

/** How often something was hit since the last tally. */
export interface Tally {
  proxy: string;
  behavior: string;
  command: string;
  path: string | null;
  count: number;
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
  const unsubscribe = events.subscribe(({ proxy, behavior, command, path }) => {
    if (behavior === 'proxy') return; // no fault, but what happened to the proxy itself
    const place = byKey.size < MOST_KEYS ? path : null;
    const key = JSON.stringify([proxy, behavior, command, place]);
    const known = byKey.get(key);
    if (known) known.count++;
    else byKey.set(key, { proxy, behavior, command, path: place, count: 1 });
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
