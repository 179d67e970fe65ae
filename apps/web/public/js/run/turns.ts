import { whileVisible } from '../parts/visible.ts';

// A browser gives a host six connections for all of its tabs, and each live page holds one. At most four hold theirs at
// once; who comes later waits, and those who wait take turns with those who have one.

const PLACES = 4;
const TURN_MS = 2_000;

type Start = (signal: AbortSignal) => void;

/**
 * Runs `start` while the tab is seen and has a place, and aborts its signal when it is hidden, left, or has to let
 * another one in; then it comes again. Where the browser has no locks (http on another name than localhost) everybody
 * has a place.
 * @returns ends it for good
 */
export function byTurns(start: Start): () => void {
  const over = new AbortController();
  whileVisible((seen) => {
    const signal = AbortSignal.any([seen, over.signal]);
    if ('locks' in navigator) keepComing(start, signal);
    else if (!signal.aborted) start(signal);
  });
  return () => over.abort();
}

async function keepComing(start: Start, signal: AbortSignal) {
  while (!signal.aborted) {
    const name = await emptiest();
    await navigator.locks.request(name, { signal }, () => onePlace(name, start, signal)).catch(() => {});
  }
}

/** The place for which the fewest wait. */
async function emptiest() {
  const { held = [], pending = [] } = await navigator.locks.query();
  const wanted = [...held, ...pending].map(({ name }) => name);
  const names = Array.from({ length: PLACES }, (_, i) => `marteau-live-${i}`);
  const crowd = (name: string | undefined) => wanted.filter((other) => other === name).length;
  return names.reduce((best, name) => (crowd(name) < crowd(best) ? name : best));
}

/** Keeps a place until the tab is hidden, or somebody waits for the place at the end of a turn. */
async function onePlace(name: string, start: Start, signal: AbortSignal) {
  const mine = new AbortController();
  start(AbortSignal.any([signal, mine.signal]));
  while (!signal.aborted) {
    await pause(TURN_MS, signal);
    const { pending = [] } = await navigator.locks.query();
    if (pending.some((other) => other.name === name)) break;
  }
  mine.abort();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
