import { noTimes } from '@marteau/measure';
import type { MergedStage } from '../merge/merged.ts';
import type { Subject, Totals } from '../merge/totals.ts';
import type { StageResult } from '../schema/results.ts';
import { spectrumOf } from '../statistics/spectrum.ts';
import { noStats, statisticsOf } from '../statistics/statistics.ts';

/** What all requests and all tests did in each recorded stage. */
export function stageResults(
  stages: readonly MergedStage[],
  totals: Totals,
  apdexThreshold: number,
): StageResult[] {
  return stages.map((stage) => {
    const of = (subject: Subject) => {
      const stats = subject.steps.find((part) => part.step === stage.plan.index) ?? noStats(stage);
      return statisticsOf(stats, stage.seconds, apdexThreshold);
    };
    const { plan, begin, end, complete, starts } = stage;
    const times = totals.requests.steps.find((part) => part.step === plan.index)?.time ?? noTimes;
    return {
      plan,
      begin,
      end,
      complete,
      requests: of(totals.requests),
      tests: of(totals.tests),
      ...(starts && { starts }),
      spectrum: spectrumOf(times),
    };
  });
}
