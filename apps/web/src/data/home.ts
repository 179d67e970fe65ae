import type { Store } from '@marteau/store';
import type { HomeData } from '../views/home.ts';

const PLACES_SHOWN = 12;
const MOVING_SHOWN = 40;
const RECENT_SHOWN = 30;

/** Reads all in one round to Redis each, whatever the number of runs. */
export async function loadHome(store: Store): Promise<HomeData> {
  const [nodes, moving, line, recent, counts, paused, notices] = await Promise.all([
    store.nodes.list(),
    store.runs.list({ state: ['preparing', 'running', 'reporting', 'cancelling'], limit: MOVING_SHOWN }),
    loadLine(store),
    store.runs.list({ state: ['finished', 'error', 'cancelled'], limit: RECENT_SHOWN }),
    store.runs.counts(),
    store.ledger.paused(),
    store.notices(),
  ]);
  return {
    nodes,
    moving: moving.runs,
    line,
    waiting: counts.queued + counts.waiting,
    paused,
    recent: recent.runs,
    cursor: recent.cursor,
    notices,
  };
}

async function loadLine(store: Store): Promise<HomeData['line']> {
  const places = await store.ledger.line(PLACES_SHOWN);
  const runs = await Promise.all(places.map((place) => store.runs.get(place.runId)));
  return places.flatMap((place, i) => {
    const run = runs[i];
    return run ? [{ place, run }] : [];
  });
}
