import { noTimes } from '@marteau/measure';
import type { MergedStage } from '../merge/merged.ts';
import type { Subject, Totals } from '../merge/totals.ts';
import type { StageResult } from '../schema/results.ts';
import { spectrumOf } from '../statistics/spectrum.ts';
import { noStats, statisticsOf } from '../statistics/statistics.ts';

/**
 * How long a stage was recorded, in seconds: by it its rates are told. Windows of several nodes begin a little apart, so
 * it is not from the first begin to the last end.
 */
export function secondsOf({ begin, end, requests, tests }: StageResult): number {
  const measured = [requests, tests].find(({ rate }) => rate > 0);
  return measured ? measured.count / measured.rate : (end - begin) / 1000;
}

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
