import { measureCustom, noTimes, type Threshold } from '@marteau/measure';
import type { MergedMetric, MergedStage, MetricCounts } from '../merge/merged.ts';
import { addMetricCounts } from '../merge/metrics.ts';
import type { JudgedStage, JudgedThreshold } from '../schema/judgement.ts';
import type { Evidence } from './evidence.ts';
import { circumstancesOf, judged, judgeStages, neverOccurred, notJudged } from './judge-stages.ts';
import { spansOf, windowOf } from './slices.ts';

const unitNames = { us: 'time', bytes: 'bytes', number: 'plain numbers' } as const;

/** Judges a threshold on a metric of the script's own. */
export function judgeMetric(threshold: Threshold, evidence: Evidence): JudgedThreshold {
  const { metrics } = evidence.merged;
  const metric = metrics.find(({ name }) => name === threshold.custom);
  if (metric === undefined) {
    const names = metrics.map(({ name }) => name);
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
  return judgeStages(threshold, evidence, (stage) => judgeStage(threshold, metric, stage, evidence));
}

function judgeStage(
  threshold: Threshold,
  metric: MergedMetric,
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
    const measured = measureCustom(threshold, metric, observed, circumstancesOf(evidence));
    return measured === null || measured === 'not'
      ? []
      : [judged(threshold, stage, measured, times.count, window)];
  };
  return spansOf(threshold, stage, evidence).flatMap((intervals) => {
    if (intervals === null) {
      const whole = metric.steps.find((one) => one.step === stage.plan.index);
      return judge(whole ?? addMetricCounts([]), stage.seconds, null);
    }
    const counts = addMetricCounts(intervals.flatMap((i) => metric.cells[i] ?? []));
    return judge(counts, (intervals.length * grid.width) / 1000, windowOf(grid, intervals));
  });
}
