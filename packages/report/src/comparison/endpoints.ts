import type { LabelKind } from '@marteau/measure';
import { isWait, type KindMetric, kindMetrics } from '../results/kind-figures.ts';
import type { Blocks } from '../schema/blocks.ts';
import type { Endpoint } from '../schema/comparison.ts';
import type { Results, StageResult } from '../schema/results.ts';
import type { Statistics } from '../schema/statistics.ts';
import { loadKey } from './comparable.ts';

/** One figure of the runs compared, before it is judged. */
export interface Measured {
  readonly kind: LabelKind;
  readonly label: string | null;
  /** What of the label it is, where that is no request. */
  readonly of?: NonNullable<Endpoint['of']>;
  readonly load: string;
  readonly metric: Endpoint['metric'];
  readonly before: readonly number[];
  readonly after: number;
  readonly blocksBefore: readonly Blocks[];
  readonly blocksAfter: Blocks | null;
  /** Recorded of this load in the shortest of the runs. */
  readonly seconds: number;
}

/**
 * Every figure that both sides have, joined on equal loads: of all requests p50, p95, rate and errors, of each request
 * p95 and errors. The loads are in the order of the later run.
 */
export function measuredOf(baselines: readonly Results[], after: Results): Measured[] {
  return after.steps.flatMap((stage) => {
    const pairs = baselines.flatMap((results) => {
      const same = results.steps.find((one) => loadKey(one.plan) === loadKey(stage.plan));
      return same ? [{ results, step: same.plan.index }] : [];
    });
    if (pairs.length === 0) return [];
    const load = stage.plan.name;
    const lengths = pairs.map(({ results, step }) =>
      secondsOf(results.steps.find(({ plan }) => plan.index === step)!),
    );
    const seconds = Math.min(secondsOf(stage), ...lengths);
    const kind: LabelKind = stage.requests.count > 0 ? 'request' : 'test';
    const names = [null, ...after.labels.filter((label) => label.kind === 'request').map(({ name }) => name)];
    const requests = names.flatMap((label) => {
      const now = statistics(after, stage.plan.index, kind, label);
      const then = pairs.flatMap((pair) => statistics(pair.results, pair.step, kind, label) ?? []);
      if (now === null || then.length === 0) return [];
      const blocksBefore = pairs.flatMap((pair) => blocks(pair.results, pair.step, kind, label) ?? []);
      const blocksAfter = blocks(after, stage.plan.index, kind, label);
      return figures(now, then, label === null).map((figure) => ({
        kind,
        label,
        load,
        ...figure,
        blocksBefore,
        blocksAfter,
        seconds,
      }));
    });
    const others = kindFigures(after, stage.plan.index, pairs);
    return [...requests, ...others.map((figure) => ({ kind: 'request' as const, load, seconds, ...figure }))];
  });
}

type Pair = { readonly results: Results; readonly step: number };

/** Of sockets, streams and other kinds: the times that people wait, and what of all went wrong. */
function kindFigures(
  after: Results,
  index: number,
  pairs: readonly Pair[],
): Pick<Measured, 'label' | 'of' | 'metric' | 'before' | 'after' | 'blocksBefore' | 'blocksAfter'>[] {
  return kindMetrics(after).flatMap((metric) => {
    const { label, kind } = metric.of;
    const of = { kind, name: metric.name };
    const value = isWait(metric) ? p95Of : metric.kind === 'rate' ? shareOf : () => null;
    const now = value(metric, index);
    const then = pairs.flatMap(({ results, step }) => {
      const same = kindMetrics(results).find(
        (one) => one.name === metric.name && one.of.label === label && one.of.kind === kind,
      );
      return (same && value(same, step)) ?? [];
    });
    const isTime = metric.kind === 'trend';
    if (now === null || then.length < pairs.length) return [];
    if (isTime && [now, ...then].some((one) => one <= 0)) return [];
    const blocksOf = (results: Results, step: number) =>
      results.blocks.find(
        (one) =>
          one.step === step && one.label === label && one.of?.kind === kind && one.of.name === metric.name,
      );
    return [
      {
        label,
        of,
        metric: isTime ? ('p95' as const) : ('errors' as const),
        before: then,
        after: now,
        blocksBefore: isTime ? pairs.flatMap(({ results, step }) => blocksOf(results, step) ?? []) : [],
        blocksAfter: (isTime && blocksOf(after, index)) || null,
      },
    ];
  });
}

function p95Of({ steps }: KindMetric, index: number): number | null {
  return steps.find(({ step }) => step === index)?.values?.p95 ?? null;
}

function shareOf({ steps }: KindMetric, index: number): number | null {
  const found = steps.find(({ step }) => step === index);
  return found && found.count > 0 ? found.sum / found.count : null;
}

function secondsOf({ begin, end }: StageResult): number {
  return (end - begin) / 1000;
}

function figures(
  now: Statistics,
  then: readonly Statistics[],
  isOverall: boolean,
): Pick<Measured, 'metric' | 'before' | 'after'>[] {
  const errorShare = ({ errors, count }: Statistics) => (count > 0 ? errors / count : 0);
  const time = (metric: 'p50' | 'p95') => {
    const before = then.flatMap((one) => one.time[metric] ?? []);
    const after = now.time[metric];
    return after === null || after <= 0 || before.length < then.length || before.some((value) => value <= 0)
      ? []
      : [{ metric, before, after }];
  };
  const rate =
    then.every((one) => one.rate > 0) && now.rate > 0
      ? [{ metric: 'rate' as const, before: then.map((one) => one.rate), after: now.rate }]
      : [];
  return [
    ...time('p95'),
    ...(isOverall ? [...time('p50'), ...rate] : []),
    { metric: 'errors', before: then.map(errorShare), after: errorShare(now) },
  ];
}

function statistics(
  results: Results,
  index: number,
  kind: LabelKind,
  label: string | null,
): Statistics | null {
  if (label === null) {
    const stage = results.steps.find(({ plan }) => plan.index === index);
    const all = kind === 'test' ? stage?.tests : stage?.requests;
    return all && all.count > 0 ? all : null;
  }
  const own = results.labels.find((one) => one.name === label && one.kind === 'request');
  const found = own?.steps.find((one) => one.step === index);
  return found && found.count > 0 ? found : null;
}

function blocks(results: Results, index: number, kind: LabelKind, label: string | null): Blocks | null {
  const isIt = (one: Blocks) => one.step === index && one.kind === kind && one.label === label && !one.of;
  return results.blocks.find(isIt) ?? null;
}
