import { createHash } from 'node:crypto';
import { type Level, levelsOf, type NewLevel } from '@marteau/report';
import {
  countOf,
  formatChange,
  formatLatency,
  formatRate,
  isMarteauError,
  isOnDefault,
  type Run,
  shownText,
} from '@marteau/shared';
import { commitsBetween } from '@marteau/source';
import { finishedRuns } from '../data/finished-runs.ts';
import { projectName } from '../views/project.ts';
import { isSameLoad, trendLoad, trendName, trendPath } from '../views/trend-loads.ts';
import type { Continuous } from './context.ts';
import { hostOf } from './read-commit.ts';

/** The trend of the default branch that ends with a run. */
export interface TrendNow {
  readonly levels: readonly Level[];
  readonly news: readonly NewLevel[];
  /** 'Shop, profile smoke'; others may have the same. */
  readonly name: string;
  /** The same with what no other trend has: '0123456789ab Shop, profile smoke'. */
  readonly about: string;
  /** Its page. */
  readonly url: string;
}

/** How far it looks back: all runs of the project, and those of one load. */
const MOST_RUNS = 1000;
const MOST_OF_A_LOAD = 200;
const MOST_COMMITS = 20;

/** What is of one trend has the same. */
export function trendKey(run: Run): string {
  const { test, profile, load } = trendLoad(run);
  return JSON.stringify([run.project, test, profile, load]);
}

/** @param told id of the run at which its last change was told; null where nobody knows */
export async function trendNow(
  { store, url }: Pick<Continuous, 'store' | 'url'>,
  run: Run,
  told: string | null,
): Promise<TrendNow> {
  const load = trendLoad(run);
  const all = await finishedRuns(store, run.project, MOST_RUNS);
  const own = all.filter((one) => one.id <= run.id && isOnDefault(one) && isSameLoad(trendLoad(one), load));
  const name = [projectName(run), trendName(load)].filter(Boolean).join(', ');
  const digest = createHash('sha256').update(trendKey(run)).digest('hex').slice(0, 12);
  return {
    ...levelsOf(own.slice(0, MOST_OF_A_LOAD).toReversed(), told),
    name,
    about: `${digest} ${name}`,
    url: `${url}${trendPath(run.project, load)}`,
  };
}

/** 'p95 from 120 ms to 156 ms (+30.0 %)' */
export function levelInWords({ metric, before, after, change }: NewLevel): string {
  const written = metric === 'p95' ? formatLatency : formatRate;
  return `${metric} from ${written(before)} to ${written(after)} (${formatChange(change)})`;
}

/** The commits that a change may come from: those between the last run before it and the first after it, as lines of text. */
export async function suspectsOf(context: Continuous, { last, first }: NewLevel): Promise<string[]> {
  if (last.commit === null || first.commit === null) return [];
  const [from, to] = [last.commit.slice(0, 8), first.commit.slice(0, 8)];
  if (last.commit === first.commit)
    return [`The commit is ${to} before and after: it is not the repository that changed.`];
  try {
    const { commits, count } = await commitsBetween({
      ...(await hostOf(context, first.project)),
      from: last.commit,
      to: first.commit,
      most: MOST_COMMITS,
    });
    const lines = commits
      .toReversed()
      .map(({ sha, subject, author }) => `${sha.slice(0, 8)} ${shownText(subject)} (${shownText(author)})`);
    const more = count - commits.length;
    return [
      `${countOf(count, 'commit')} after ${from} until ${to}:`,
      ...lines,
      ...(more > 0 ? [`and ${more} more before them`] : []),
    ];
  } catch (error) {
    if (context.closing.aborted || !isMarteauError(error)) throw error;
    return [`It came after ${from} until ${to}; the commits between could not be listed: ${error.message}`];
  }
}
