import type { KindFigure, Run, RunSummary } from '@marteau/shared';
import { type ChangePoint, changePoints } from './change-points.ts';

/** What a trend shows of a run: as the store keeps it, and where its page is. */
export interface TrendRun {
  readonly run: Run;
  readonly url: string | null;
}

/** One figure over all runs, and where its level changed. */
export interface Trend {
  readonly metric: 'p95' | 'rate' | 'errorRate';
  /** What of which kind it is, where that is no request. */
  readonly of?: Pick<KindFigure, 'kind' | 'name'>;
  /** One entry a run, oldest first; null where the run does not count: no load, invalid, or stopped early. */
  readonly values: readonly (number | null)[];
  /** Indexes are those of runs. */
  readonly changes: readonly ChangePoint[];
}

/** Charts of kinds beside requests. */
const MOST_KINDS = 8;
const metrics = ['p95', 'rate', 'errorRate'] as const;

/**
 * The trends of a test over its runs.
 * @param runs of one project and test, oldest first; runs that are invalid or were stopped are shown and not counted
 */
export function trendsOf(runs: readonly TrendRun[]): Trend[] {
  const requests = metrics.map((metric) => {
    const values = runs.map(({ run }) => (counts(run) ? figureOf(run.summary, metric) : null));
    return { metric, values, changes: metric === 'errorRate' ? [] : changesOf(values) };
  });
  const kinds = kindsOf(runs).map((of) => {
    const values = runs.map(({ run }) => (counts(run) ? (sameKind(run, of)?.p95 ?? null) : null));
    return { metric: 'p95' as const, of, values, changes: changesOf(values) };
  });
  return [...requests, ...kinds];
}

/** Those that any run tells of, the newest first. */
function kindsOf(runs: readonly TrendRun[]): Pick<KindFigure, 'kind' | 'name'>[] {
  const all = runs.toReversed().flatMap(({ run }) => run.summary?.kinds ?? []);
  const first = new Map(all.toReversed().map(({ kind, name }) => [`${kind} ${name}`, { kind, name }]));
  return [...first.values()].slice(-MOST_KINDS);
}

function sameKind({ summary }: Run, of: Pick<KindFigure, 'kind' | 'name'>): KindFigure | undefined {
  return summary?.kinds?.find(({ kind, name }) => kind === of.kind && name === of.name);
}

function counts({ verdict, stopped, summary }: Run): boolean {
  return summary !== null && summary.requests > 0 && !stopped && (verdict === 'pass' || verdict === 'fail');
}

function figureOf(summary: RunSummary | null, metric: Trend['metric']): number | null {
  const value = summary?.[metric] ?? null;
  return value !== null && (value > 0 || metric === 'errorRate') ? value : null;
}

/** Change points among the runs that count, told by the indexes of all runs. */
function changesOf(values: readonly (number | null)[]): ChangePoint[] {
  const counted = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  return changePoints(counted.map(({ value }) => value)).map((point) => ({
    ...point,
    index: counted[point.index]!.index,
  }));
}
