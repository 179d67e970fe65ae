import { figuresOf } from '@marteau/shared';
import { NO_COMMON_LOAD, whyApart } from '../comparison/comparable.ts';
import { differencesOf } from '../comparison/differences.ts';
import { summarise } from '../results/summarise.ts';
import type { Comparison } from '../schema/comparison.ts';
import type { Results } from '../schema/results.ts';
import { momentInWords } from './sentences.ts';
import { renderTemplate } from './templates.ts';
import { safeLink } from './text.ts';
import { comparisonView } from './views/comparison.ts';
import { headOf } from './views/head.ts';

/** Earlier runs that stand beside the later one by name. */
const MOST_SHOWN = 12;

/**
 * A comparison as one HTML file that needs nothing else.
 * @param comparison from `compare`; null where they cannot be compared, and the page says why
 * @param before the earlier runs, newest first; at least one
 * @param after the later run
 */
export function renderComparison(
  comparison: Comparison | null,
  before: readonly Results[],
  after: Results,
): string {
  const [newest] = before;
  return renderTemplate('comparison-page.njk', {
    title: after.run.name ?? after.run.project,
    runs: [
      runView(after, 'now'),
      ...before
        .slice(0, MOST_SHOWN)
        .map((results) => runView(results, before.length > 1 ? 'earlier' : 'before')),
    ],
    left: Math.max(0, before.length - MOST_SHOWN),
    change: comparisonView({ comparison }),
    why: (newest && whyApart(newest, after)) ?? NO_COMMON_LOAD,
    differences: newest === undefined ? [] : differencesOf(newest, after).map(withSafeLink),
  });
}

/** One run in a line: when, what, how it ended, and its main figures. */
function runView(results: Results, side: string) {
  const { run } = results;
  const { p95, rate, errors } = figuresOf(summarise(results));
  const { verdict, facts } = headOf(results);
  return {
    side,
    verdict,
    when: momentInWords(run.startedAt ?? run.submittedAt).replace(/ UTC$/, ''),
    link: safeLink(run.url),
    commit: run.commit?.slice(0, 8) ?? '',
    subject: run.commitSubject ?? '',
    load: facts.find(({ term }) => term === 'load')?.text ?? '',
    p95,
    rate,
    errors,
  };
}

const withSafeLink = <T extends { link: string | null }>(one: T): T => ({ ...one, link: safeLink(one.link) });
