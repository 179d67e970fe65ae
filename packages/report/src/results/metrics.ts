import { metricScales } from '@marteau/measure';
import type { Merged, MergedStage } from '../merge/merged.ts';
import type { MetricResult } from '../schema/metrics.ts';
import type { Spread } from '../schema/statistics.ts';
import { spreadOf } from '../statistics/spread.ts';

/** Every metric of the script's own, with its figures per stage and its curve. */
export function metricResults({ metrics, grid }: Merged, stages: readonly MergedStage[]): MetricResult[] {
  return metrics.map((metric) => ({
    kind: metric.kind,
    name: metric.name,
    unit: metric.unit,
    ...(metric.of && { of: metric.of }),
    steps: stages.flatMap(({ plan, seconds }) => {
      const counts = metric.steps.find(({ step }) => step === plan.index);
      if (counts === undefined) return [];
      const { count, sum, times } = counts;
      const values = metric.kind === 'trend' ? inUnit(spreadOf(times), metricScales[metric.unit]) : null;
      return [{ step: plan.index, count, sum, rate: seconds > 0 ? count / seconds : 0, values }];
    }),
    series: {
      from: 0,
      width: grid.width,
      count: metric.cells.map((cell) => cell?.count ?? 0),
      sum: metric.cells.map((cell) => cell?.sum ?? 0),
    },
  }));
}

/** A spread of thousandths as one of the numbers themselves. */
function inUnit({ count, ...times }: Spread, scale: number): Spread {
  const entries = Object.entries(times).map(([name, value]) => [name, value === null ? null : value / scale]);
  return { count, ...Object.fromEntries(entries) };
}
