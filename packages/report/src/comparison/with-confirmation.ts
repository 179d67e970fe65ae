import type { Confirmation } from '@marteau/shared';
import type { Comparison } from '../schema/comparison.ts';
import type { Results } from '../schema/results.ts';
import { mainOf } from './main-figure.ts';

/** Results that also tell what repeats said of their change: a confirmed one is called so. */
export function withConfirmation(results: Results, confirmation: Confirmation): Results {
  const { comparison } = results;
  return {
    ...results,
    // What a pull request's head was compared with is none of the good runs.
    comparison: confirmation.base === undefined ? comparison && graded(comparison, confirmation) : comparison,
    confirmation,
  };
}

function graded(comparison: Comparison, { decision, sentence }: Confirmation): Comparison {
  if (decision !== 'worse' && decision !== 'better' && decision !== 'same') return comparison;
  const main = mainOf(comparison.endpoints);
  const told = { direction: decision, grade: decision === 'same' ? null : ('confirmed' as const) };
  return {
    ...comparison,
    ...told,
    sentence,
    endpoints: comparison.endpoints.map((endpoint, i) => (i === main ? { ...endpoint, ...told } : endpoint)),
  };
}
