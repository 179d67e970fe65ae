import { GENERATOR } from '@marteau/measure';
import type { KindFigure } from '@marteau/shared';
import type { MetricResult } from '../schema/metrics.ts';
import type { Results } from '../schema/results.ts';

/** A metric of sockets, streams, or requests of a kind that the script names. */
export type KindMetric = MetricResult & { readonly of: NonNullable<MetricResult['of']> };

/** What one kind is first told by, where it is measured: the wait of a person at the other end. */
const MAIN = [
  'round trip',
  'ping',
  'first event',
  'first piece',
  'time',
  'first message',
  'first byte',
  'connecting',
];
/** Kinds that a summary tells of. */
const MOST_KINDS = 8;

export function kindMetrics({ metrics = [] }: Pick<Results, 'metrics'>): KindMetric[] {
  return metrics.filter(
    (metric): metric is KindMetric => metric.of !== undefined && metric.of.kind !== GENERATOR,
  );
}

/** To begin a request, and to read its answer. */
const WAKE_UPS = 2;

/**
 * How far a percentile of a stage's times may be off because of the generator, µs: twice as late as its threads were
 * woken, by the same percentile. Null where that was not measured.
 */
export function errorBar(
  { metrics = [] }: Pick<Results, 'metrics'>,
  step: number,
  percentile: 'p50' | 'p95' | 'p99' | 'p999',
): number | null {
  const own = metrics.find(({ of }) => of?.kind === GENERATOR);
  const late = own?.steps.find((one) => one.step === step)?.values?.[percentile] ?? null;
  return late === null ? null : WAKE_UPS * late;
}

/** Whether more of it is worse: a time that somebody waits, and not how long a socket was open. */
export function isWait({ kind, unit, name }: Pick<MetricResult, 'kind' | 'unit' | 'name'>): boolean {
  return kind === 'trend' && unit === 'us' && name !== 'open';
}

/**
 * The main figure of each kind, as lists and trends show it: the p95 of the slowest stage and label, because percentiles
 * are never pooled, and how much of all went wrong.
 */
export function kindFigures(results: Pick<Results, 'metrics'>): KindFigure[] {
  const byKind = Map.groupBy(kindMetrics(results), ({ of }) => of.kind);
  return [...byKind].slice(0, MOST_KINDS).flatMap(([kind, all]): KindFigure[] => {
    const name = MAIN.find((one) => all.some((metric) => metric.name === one && isWait(metric)));
    if (name === undefined) return [];
    const steps = all.filter((metric) => metric.name === name).flatMap((metric) => metric.steps);
    const p95 = steps.reduce((most, { values }) => Math.max(most, values?.p95 ?? values?.p50 ?? 0), 0);
    const count = steps.reduce((sum, step) => sum + step.count, 0);
    return [{ kind, name, count, p95: p95 > 0 ? p95 : null, errorRate: errorShare(all) }];
  });
}

/** Of what can go wrong, the most: of round trips and requests, of answers that broke off, of ends. */
function errorShare(metrics: readonly KindMetric[]): number {
  const shares = metrics
    .filter(({ kind, name }) => kind === 'rate' && (name === 'errors' || name === 'closed abnormally'))
    .map(({ steps }) => {
      const [count, sum] = steps.reduce(([n, bad], step) => [n + step.count, bad + step.sum], [0, 0]);
      return count > 0 ? sum / count : 0;
    });
  return Math.max(0, ...shares);
}
