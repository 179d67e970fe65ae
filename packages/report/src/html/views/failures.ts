import { type FailureGroup, recordedCount } from '@marteau/measure';
import { formatCount, formatMoment } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { readable } from '../text.ts';

export interface FailureView {
  readonly kind: string;
  readonly count: string;
  readonly message: string;
  readonly where: string;
  readonly line: string;
  readonly when: string;
  readonly steps: readonly { name: string; count: string }[];
  readonly samples: readonly { head: string; detail: string }[];
}

const kinds = { failure: 'failed assertion', error: 'request error', check: 'failed check' } as const;
const MOST_GROUPS = 60;
const MOST_SAMPLES = 20;
/** Letters of all samples together; those of the most frequent failures come first. */
const SAMPLE_BUDGET = 300_000;

/** Failures that mean the same, the most frequent first. */
export function failuresView(results: Results): { groups: FailureView[]; left: number } {
  const groups = results.failures.slice(0, MOST_GROUPS);
  let budget = SAMPLE_BUDGET;
  const views = groups.map((group) => {
    const view = viewOf(group, results);
    const samples = view.samples.filter(({ detail }) => {
      budget -= detail.length;
      return budget > 0;
    });
    return { ...view, samples };
  });
  return { groups: views, left: results.failures.length - groups.length };
}

function viewOf(group: FailureGroup, { steps }: Results): FailureView {
  const where = group.kind === 'error' ? group.label : group.test;
  return {
    kind: kinds[group.kind],
    count: formatCount(recordedCount(group)),
    message: readable(group.message, 1000),
    where: readable(where),
    line: [group.source, group.sourceText?.trim()]
      .filter(Boolean)
      .map((text) => readable(text!))
      .join('  '),
    when: when(group),
    steps: Object.entries(group.byStep).map(([stage, count]) => ({
      name: steps.find(({ plan }) => plan.index === Number(stage))?.plan.name ?? `stage ${Number(stage) + 1}`,
      count: formatCount(count),
    })),
    samples: group.samples.slice(0, MOST_SAMPLES).map(({ at, user, detail }) => ({
      head: `${formatMoment(Math.max(0, at))} into the load, user ${user}`,
      detail: readable(detail, 4000),
    })),
  };
}

function when(group: FailureGroup): string {
  const { first, last, count } = group;
  const [from, to] = [formatMoment(Math.max(0, first)), formatMoment(Math.max(0, last))];
  const others = count - recordedCount(group);
  const beside = others > 0 ? `, and ${formatCount(others)} in time that was not recorded` : '';
  return `${count === 1 || from === to ? `at ${from}` : `from ${from} to ${to}`}${beside}`;
}
