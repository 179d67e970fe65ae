import type { GradedChange } from '@marteau/shared';
import type { Endpoint } from '../schema/comparison.ts';
import type { Results } from '../schema/results.ts';

/** A change smaller than this is none, however sure it is; of logarithms. */
export const MARGIN = Math.log(1.05);

/** The p95 (or, of few requests, the median) of everything at the last common load; the highest in stepped runs. */
export function mainOf(figures: readonly Pick<Endpoint, 'label' | 'metric'>[]): number {
  const overall = figures.findLastIndex(({ label, metric }) => label === null && metric === 'p95');
  return overall === -1
    ? figures.findLastIndex(({ label, metric }) => label === null && metric !== 'errors')
    : overall;
}

/** The figure that a comparison speaks of: the main one, else the worst, else the best; none where none is graded. */
export function toldOf(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const first = endpoints[mainOf(endpoints)];
  if (first && first.grade !== null) return first;
  const changed = largestFirst(endpoints.filter(({ grade }) => grade !== null));
  return changed.find(({ direction }) => direction === 'worse') ?? changed[0];
}

/** Figures without a grade whose whole interval (95 %) is beyond 5 %, the largest change first. */
export function beyondMargin(endpoints: readonly Endpoint[]): Endpoint[] {
  return largestFirst(endpoints.filter((endpoint) => endpoint.grade === null && clearsMargin(endpoint)));
}

/** Whether the whole interval of a change is beyond 5 %, up or down. */
export function clearsMargin({ low, high }: Endpoint): boolean {
  return low !== null && high !== null && (Math.log1p(low) > MARGIN || Math.log1p(high) < -MARGIN);
}

/** The change of a run as lists show it; null where nothing stands out. A confirmed one is what the repeats measured. */
export function gradedChange({ comparison, confirmation }: Results): GradedChange | null {
  const told = comparison && comparison.grade !== null ? toldOf(comparison.endpoints) : undefined;
  if (!told || told.grade === null || told.direction === 'same') return null;
  const { metric, label, of, change, direction, grade } = told;
  return {
    metric,
    label,
    ...(of && { of }),
    change: grade === 'confirmed' ? (confirmation?.change ?? change) : change,
    direction,
    grade,
  };
}

function largestFirst(endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.toSorted((a, b) => size(b) - size(a));
}

/** A point of errors weighs as ten per cent of a time. */
function size({ metric, change }: Endpoint): number {
  return metric === 'errors' ? 10 * Math.abs(change) : Math.abs(change);
}
