import { type TrendRun, trendsOf } from '../trend/trend.ts';
import { renderTemplate } from './templates.ts';
import { safeLink } from './text.ts';
import { trendChart, trendRows } from './views/trend.ts';

/** Where a trend's page leads. Whole addresses. */
export interface TrendLinks {
  /** The project's page; null where there is none. */
  readonly project: string | null;
  /** Trends of its other tests and profiles, by name. */
  readonly others: readonly { readonly name: string; readonly href: string }[];
}

/**
 * The trend of a project's test over its runs, as one HTML file that needs nothing else.
 * @param title the project, or its name
 * @param all oldest first; repeats that confirm a change are left out
 */
export function renderTrend(
  title: string,
  all: readonly TrendRun[],
  { project, others }: TrendLinks = { project: null, others: [] },
): string {
  const runs = all.filter(({ run }) => run.kind !== 'repeat');
  const trends = trendsOf(runs);
  const shown = trends.filter(({ values }) => values.some((value) => value !== null && value > 0));
  return renderTemplate('trend-page.njk', {
    title,
    project: project === null ? null : safeLink(project),
    others: others.map(({ name, href }) => ({ name, href: safeLink(href) })),
    charts: shown.map((trend) => trendChart(trend, runs)),
    rows: trendRows(runs, trends),
    sentence: sentenceOf(runs, trends),
  });
}

function sentenceOf(runs: readonly TrendRun[], trends: ReturnType<typeof trendsOf>): string {
  const counted = trends[1]?.values.filter((value) => value !== null).length ?? 0;
  if (counted < 6) {
    const many = runs.length === 1 ? '1 run' : `${runs.length} runs`;
    return `${many}, of which ${counted} ${counted === 1 ? 'counts' : 'count'}. A change of level can be told from six on: three before it and three after.`;
  }
  const changes = trends.reduce((sum, { changes: all }) => sum + all.length, 0);
  const left = runs.length - counted;
  const without =
    left === 0
      ? ''
      : left === 1
        ? ' One more was invalid, stopped or without load: it is shown and not counted.'
        : ` ${left} more were invalid, stopped or without load: they are shown and not counted.`;
  const told =
    changes === 0
      ? 'No change of level'
      : changes === 1
        ? 'One change of level'
        : `${changes} changes of level`;
  return `${told} in ${counted} runs.${without}`;
}
