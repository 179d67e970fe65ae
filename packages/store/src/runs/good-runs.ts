import { isBaselineOf, type Run } from '@marteau/shared';
import type { Runs } from './runs.ts';

const PAGE = 50;
const MOST_PAGES = 4;

/**
 * What a run is compared with, newest first: the pinned runs of its test, or where none is pinned the good ones before
 * it, as far as they are among the project's last 200.
 * @param most at most so many
 */
export async function goodRunsBefore(
  runs: Pick<Runs, 'list' | 'pinnedIn'>,
  run: Run,
  most: number,
): Promise<Run[]> {
  const pinned = (await runs.pinnedIn(run.project)).filter((other) => isBaselineOf(other, run));
  if (pinned.length > 0) return pinned.slice(0, most);
  const found: Run[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES && found.length < most; page++) {
    const next = await runs.list({ state: 'finished', project: run.project, limit: PAGE, cursor });
    found.push(...next.runs.filter((other) => other.id < run.id && isBaselineOf(other, run)));
    cursor = next.cursor;
    if (cursor === null) break;
  }
  return found.slice(0, most);
}
