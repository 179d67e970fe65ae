import type { Store } from '@marteau/store';
import type { HomeData } from '../views/home.ts';
import { asSeen } from './seen-node.ts';

const PLACES_SHOWN = 12;
/** Of those who see some projects alone: what is theirs may stand far behind. */
const PLACES_LOOKED_AT = 200;
const MOVING_SHOWN = 40;
const RECENT_SHOWN = 30;

/**
 * Reads all in one round to Redis each, whatever the number of runs.
 * @param among the projects that whoever looks may see; null for all
 */
export async function loadHome(store: Store, among: readonly string[] | null): Promise<HomeData> {
  const [nodes, moving, line, recent, counts, paused, notices] = await Promise.all([
    store.nodes.list(),
    store.runs.list({
      state: ['preparing', 'running', 'reporting', 'cancelling'],
      limit: MOVING_SHOWN,
      among,
    }),
    loadLine(store, among),
    store.runs.list({ state: ['finished', 'error', 'cancelled'], limit: RECENT_SHOWN, among }),
    store.runs.counts(),
    store.ledger.paused(),
    store.notices(),
  ]);
  const shown = among === null ? line : line.slice(0, PLACES_SHOWN);
  return {
    nodes: nodes.map((node) => asSeen(node, among, moving.runs)),
    moving: moving.runs,
    line: shown,
    waiting: among === null ? counts.queued + counts.waiting : line.length,
    paused,
    recent: recent.runs,
    cursor: recent.cursor,
    notices: among === null ? notices : { rebuilt: null },
  };
}

async function loadLine(store: Store, among: readonly string[] | null): Promise<HomeData['line']> {
  const places = await store.ledger.line(among === null ? PLACES_SHOWN : PLACES_LOOKED_AT);
  const runs = await Promise.all(places.map((place) => store.runs.get(place.runId)));
  return places.flatMap((place, i) => {
    const run = runs[i];
    return run && (among === null || among.includes(run.project)) ? [{ place, run }] : [];
  });
}
