import type { Run } from '@marteau/shared';
import type { Project } from '@marteau/store';
import { history, type Mark, nameOf } from './projects.ts';
import { type RunRow, runRows } from './run-row.ts';
import { isSameLoad, trendLoad, trendLoads, trendNameAmong, trendPath } from './trend-loads.ts';

/** What runs of one test, profile and load say together, as one row that leads to their trend. */
export interface TrendRow {
  name: string;
  href: string;
  count: number;
  last: RunRow;
  history: Mark[];
}

export interface ProjectPage {
  name: string;
  href: string;
  repo: string;
  /** Null for what no browser opens. */
  repoHref: string | null;
  again: string;
  all: string;
  rows: RunRow[];
  hasMore: boolean;
  trends: TrendRow[];
}

const MARKS = 24;
const MOST_TRENDS = 20;

interface Runs {
  /** The newest first. */
  last: readonly Run[];
  hasMore: boolean;
  /** Those that tell how it does, newest first. */
  finished: readonly Run[];
}

export function projectPage(
  { id, repo }: Project,
  { last, hasMore, finished }: Runs,
  now: number,
): ProjectPage {
  const loads = trendLoads(finished);
  return {
    name: nameOf(repo, last),
    href: `/projects/${id}`,
    repo,
    repoHref: /^https?:/.test(repo) ? repo : null,
    again: `/new?${new URLSearchParams({ repo: last[0]?.repo ?? repo })}`,
    all: `/runs?${new URLSearchParams({ project: repo })}`,
    rows: runRows(last, now),
    hasMore,
    trends: loads.slice(0, MOST_TRENDS).map((load) => {
      const runs = finished.filter((run) => isSameLoad(trendLoad(run), load));
      return {
        name: trendNameAmong(load, loads),
        href: trendPath(repo, load),
        count: runs.length,
        last: runRows(runs.slice(0, 1), now)[0]!,
        history: history(runs.slice(0, MARKS), now),
      };
    }),
  };
}
