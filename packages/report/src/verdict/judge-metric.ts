import { measureCustom, noTimes, type Threshold } from '@marteau/measure';
import type { MergedMetric, MergedStep, MetricCounts } from '../merge/merged.ts';
import { addMetricCounts } from '../merge/metrics.ts';
import type { JudgedStep, JudgedThreshold } from '../schema/judgement.ts';
import type { Evidence } from './evidence.ts';
import { circumstancesOf, judged, judgeSteps, neverOccurred, notJudged } from './judge-steps.ts';
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
  return judgeSteps(threshold, evidence, (step) => judgeStep(threshold, metric, step, evidence));
}

function judgeStep(
  threshold: Threshold,
  metric: MergedMetric,
  step: MergedStep,
  evidence: Evidence,
): JudgedStep[] {
  const { grid } = evidence.merged;
  const judge = (
    { count, sum, times }: MetricCounts,
    seconds: number,
    window: JudgedStep['window'],
  ): JudgedStep[] => {
    const observed = { seconds, count, sum, values: times };
    const measured = measureCustom(threshold, metric, observed, circumstancesOf(evidence));
    return measured === null || measured === 'not'
      ? []
      : [judged(threshold, step, measured, times.count, window)];
  };
  return spansOf(threshold, step, evidence).flatMap((intervals) => {
    if (intervals === null) {
      const whole = metric.steps.find((one) => one.step === step.plan.index);
      return judge(whole ?? addMetricCounts([]), step.seconds, null);
    }
    const counts = addMetricCounts(intervals.flatMap((i) => metric.cells[i] ?? []));
    return judge(counts, (intervals.length * grid.width) / 1000, windowOf(grid, intervals));
  });
}
