import type { Plan } from '@marteau/shared';
import type { MetricOf } from '../schema/custom-metric.ts';
import type { LabelKind } from '../schema/measurements.ts';
import { metricOf } from './metrics.ts';
import type { Threshold } from './threshold.ts';

/** Whom a threshold is about that names no label: all requests; all iterations where that is asked, or nothing is fetched. */
export function kindMeant({ metric }: Pick<Threshold, 'metric'>, fetches: boolean): 'request' | 'test' {
  return metricOf(metric)?.of === 'tests' || !fetches ? 'test' : 'request';
}

/** Of some labels those of the name that a threshold gives; where a request and a test have it, whom it is about. */
export function labelsMeant<L extends { readonly kind: LabelKind; readonly name: string }>(
  threshold: Pick<Threshold, 'metric' | 'label'>,
  labels: readonly L[],
): readonly L[] {
  const named = labels.filter(({ name }) => name === threshold.label);
  const isOfTests = kindMeant(threshold, true) === 'test';
  const preferred = named.filter(({ kind }) => (kind === 'request') !== isOfTests);
  return preferred.length > 0 ? preferred : named;
}

/** Of some metrics those that a threshold is about: one of the script's own, or one of each label that is meant. */
export function metricsMeant<M extends { readonly name: string; readonly of?: MetricOf }>(
  { custom, of }: Pick<Threshold, 'custom' | 'of'>,
  metrics: readonly M[],
): readonly M[] {
  return metrics.filter((metric) => {
    if (metric.name !== custom || (of === undefined) !== (metric.of === undefined)) return false;
    return (
      of === undefined || (of.kind === metric.of!.kind && (of.label ?? metric.of!.label) === metric.of!.label)
    );
  });
}

/** Whether a threshold speaks of a stage: it does of all, unless it is `at` a load. A ramp has that load for a moment only. */
export function isMeant({ at }: Pick<Threshold, 'at'>, { users, rate }: Plan['steps'][number]): boolean {
  if (at === null) return true;
  const range = 'users' in at ? users : rate;
  const wanted = 'users' in at ? at.users : at.rate;
  return range?.from === wanted && range.to === wanted;
}
