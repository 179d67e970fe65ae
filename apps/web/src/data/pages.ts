import type { Store } from '@marteau/store';
import { type HomeView, homeView } from '../views/home.ts';
import type { RunPage } from '../views/run-page.ts';
import { createEvidence } from './evidence.ts';
import { loadHome } from './home.ts';
import { createMemory } from './memory.ts';
import { loadRunPage } from './run-page.ts';

/**
 * What the pages show that many people look at, at once. It is read again at most four times a second, however many
 * ask: five hundred viewers of one run ask for it at the same moment, when it changes.
 */
export interface Pages {
  /** @param among the projects that whoever looks may see; null for all */
  home(among: readonly string[] | null): Promise<HomeView>;
  /** @throws 'not-found' */
  run(id: string): Promise<RunPage>;
  /** Something changed: of one run, or somewhere. */
  changed(runId?: string): void;
}

const LIFETIME_MS = 250;
const RUNS_REMEMBERED = 500;
const HOMES_REMEMBERED = 200;

export function createPages(store: Store): Pages {
  const sources = { store, evidenceOf: createEvidence(store) };
  const homes = createMemory<HomeView>(HOMES_REMEMBERED, LIFETIME_MS, Date.now);
  const runs = createMemory<RunPage>(RUNS_REMEMBERED, LIFETIME_MS, Date.now);
  return {
    home: (among) =>
      homes.get(among?.join('\n') ?? 'all', async () => homeView(await loadHome(store, among), Date.now())),
    run: (id) => runs.get(id, () => loadRunPage(sources, id, Date.now())),
    changed(runId) {
      homes.forget();
      runs.forget(runId);
    },
  };
}
