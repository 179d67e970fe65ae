import type { Run } from '@marteau/shared';
import { type Trend, trendsOf } from './trend.ts';

/** Where a figure of a test lies now: the geometric mean of the runs since its level changed last. */
export interface Level {
  readonly metric: 'p95' | 'rate';
  /** µs; requests per second */
  readonly value: number;
}

/** A level that changed, which the newest run made plain. */
export interface NewLevel {
  readonly metric: 'p95' | 'rate';
  readonly before: number;
  readonly after: number;
  /** after / before - 1 */
  readonly change: number;
  readonly direction: 'worse' | 'better';
  /** The last run before it, and the first after it. */
  readonly last: Run;
  readonly first: Run;
}

/** One more run moves the place of a change by so many at most. */
const NEAR = 3;

/**
 * The levels of a test, and those that changed just now.
 * @param runs of one load, the oldest first
 * @param told id of the newest run when a change was told last: what lies before it is none that is new. Null where
 * nobody knows: then a change is new that is not there without the newest run.
 */
export function levelsOf(runs: readonly Run[], told: string | null): { levels: Level[]; news: NewLevel[] } {
  const before = told === null ? figuresOf(runs.slice(0, -1)) : [];
  const levels: Level[] = [];
  const news: NewLevel[] = [];
  for (const { metric, values, changes } of figuresOf(runs)) {
    const last = changes.at(-1);
    const value = last?.after ?? meanOf(values);
    if (value !== null) levels.push({ metric, value });
    const first = last && runs[last.index];
    const previous = last && runs.slice(0, last.index).findLast((_, i) => values[i] != null);
    if (!last || !first || !previous) continue;
    const known = before.find((one) => one.metric === metric)?.changes.at(-1)?.index;
    const isNew = told === null ? known === undefined || last.index - known > NEAR : first.id > told;
    if (!isNew) continue;
    const isMore = last.change > 0;
    news.push({
      metric,
      before: last.before,
      after: last.after,
      change: last.change,
      direction: isMore === (metric === 'p95') ? 'worse' : 'better',
      last: previous,
      first,
    });
  }
  return { levels, news };
}

/** Errors have no level: they are mostly none. Those of requests alone are told. */
function figuresOf(runs: readonly Run[]) {
  return trendsOf(runs.map((run) => ({ run, url: null }))).flatMap(({ metric, of, ...trend }) =>
    metric === 'errorRate' || of ? [] : [{ metric, ...trend }],
  );
}

function meanOf(values: Trend['values']): number | null {
  const counted = values.filter((value) => value !== null);
  if (counted.length === 0) return null;
  return Math.exp(counted.reduce((sum, value) => sum + Math.log(value), 0) / counted.length);
}
