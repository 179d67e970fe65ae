import type { Comparison, RunFacts } from '@marteau/shared';
import { renderTemplate } from './templates.ts';
import { safeLink } from './text.ts';
import { comparisonView } from './views/comparison.ts';
import { momentInWords } from './words.ts';

/**
 * A comparison as one HTML file that needs nothing else.
 * @param comparison from `compare`; null says that the runs have no load in common
 * @param run the later run
 */
export function renderComparison(comparison: Comparison | null, run: RunFacts): string {
  return renderTemplate('comparison-page.njk', {
    title: run.name ?? run.project,
    now: {
      when: momentInWords(run.startedAt ?? run.submittedAt),
      text: run.commit === null ? run.id : `${run.commit.slice(0, 8)} ${run.commitSubject ?? ''}`.trim(),
      link: safeLink(run.url),
    },
    change: comparisonView({ comparison }),
  });
}
