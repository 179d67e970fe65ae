import { CLOSED, measureCustom, metricsMeant, noTimes, type Threshold } from '@marteau/measure';
import type { MergedMetric, MergedStage, MetricCounts } from '../merge/merged.ts';
import { addMetricCounts } from '../merge/metrics.ts';
import type { JudgedStage, JudgedThreshold } from '../schema/judgement.ts';
import type { Evidence } from './evidence.ts';
import { circumstancesOf, judged, judgeStages, neverOccurred, notJudged } from './judge-stages.ts';
import { spansOf, windowOf } from './slices.ts';

/** Sockets that stay open to the end close in no way. */
const noneClosed: MergedMetric = { kind: 'rate', name: CLOSED, unit: 'number', steps: [], cells: [] };

const unitNames = { us: 'time', bytes: 'bytes', number: 'plain numbers' } as const;

/** Judges a threshold on a metric of the script's own, or on one of the engine's under one label or all. */
export function judgeMetric(threshold: Threshold, evidence: Evidence): JudgedThreshold {
  const { metrics } = evidence.merged;
  const meant = metricsMeant(threshold, metrics);
  const metric = meant[0];
  if (metric === undefined) {
    if (threshold.metric === CLOSED && metrics.some(({ of }) => of?.kind === threshold.of?.kind))
      return judgeStages(threshold, evidence, (stage) =>
        judgeStage(threshold, [noneClosed], stage, evidence),
      );
    if (threshold.of) return neverMeasured(threshold, threshold.of, metrics);
    const names = metrics.filter(({ of }) => of === undefined).map(({ name }) => name);
    return neverOccurred(
      threshold,
      `the script never added to a metric "${threshold.custom}".`,
      threshold.custom ?? '',
      names,
    );
  }
  const nothing = { seconds: 1, count: 0, sum: 0, values: noTimes };
  if (measureCustom(threshold, metric, nothing, { scale: 1 }) === 'not') {
    const unit = metric.kind === 'trend' ? ` in ${unitNames[metric.unit]}` : '';
    return notJudged(
      threshold,
      'unsupported',
      `"${metric.name}" is a ${metric.kind}${unit}, which has no such value.`,
    );
  }
  return judgeStages(threshold, evidence, (stage) => judgeStage(threshold, meant, stage, evidence));
}

/** Nothing of that kind was, or not under that label, or not this of it. */
function neverMeasured(
  threshold: Threshold,
  { kind, label }: NonNullable<Threshold['of']>,
  metrics: readonly MergedMetric[],
): JudgedThreshold {
  const own = metrics.flatMap(({ of, name }) => (of?.kind === kind ? [{ label: of.label, name }] : []));
  const labels = [...new Set(own.map((one) => one.label))];
  const isThere = label === null ? own.length > 0 : labels.includes(label);
  if (!isThere) {
    const whom = label === null ? kind : `${kind} "${label}"`;
    return neverOccurred(threshold, `${whom} never occurred in this run.`, label ?? '', labels);
  }
  const names = [...new Set(own.map(({ name }) => name))];
  const sentence = `"${threshold.custom}" was never measured of ${kind} in this run.`;
  return neverOccurred(threshold, sentence, threshold.custom ?? '', names);
}

function judgeStage(
  threshold: Threshold,
  meant: readonly MergedMetric[],
  stage: MergedStage,
  evidence: Evidence,
): JudgedStage[] {
  const { grid } = evidence.merged;
  const judge = (
    { count, sum, times }: MetricCounts,
    seconds: number,
    window: JudgedStage['window'],
  ): JudgedStage[] => {
    const observed = { seconds, count, sum, values: times };
    const measured = measureCustom(threshold, meant[0]!, observed, circumstancesOf(evidence));
    return measured === null || measured === 'not'
      ? []
      : [judged(threshold, stage, measured, times.count, window)];
  };
  return spansOf(threshold, stage, evidence).flatMap((intervals) => {
    if (intervals === null) {
      const whole = meant.flatMap(({ steps }) => steps.filter(({ step }) => step === stage.plan.index));
      return judge(addMetricCounts(whole), stage.seconds, null);
    }
    const counts = addMetricCounts(intervals.flatMap((i) => meant.flatMap(({ cells }) => cells[i] ?? [])));
    return judge(counts, (intervals.length * grid.width) / 1000, windowOf(grid, intervals));
  });
}
