import { noTimes } from '@marteau/measure';
import type { MergedStep } from '../merge/merged.ts';
import type { Subject, Totals } from '../merge/totals.ts';
import type { StepResult } from '../schema/results.ts';
import { spectrumOf } from '../statistics/spectrum.ts';
import { noStats, statisticsOf } from '../statistics/statistics.ts';

/** What all requests and all tests did in each recorded step. */
export function stepResults(
  steps: readonly MergedStep[],
  totals: Totals,
  apdexThreshold: number,
): StepResult[] {
  return steps.map((step) => {
    const of = (subject: Subject) => {
      const stats = subject.steps.find((part) => part.step === step.plan.index) ?? noStats(step);
      return statisticsOf(stats, step.seconds, apdexThreshold);
    };
    const { plan, begin, end, complete } = step;
    const times = totals.requests.steps.find((part) => part.step === plan.index)?.time ?? noTimes;
    return {
      plan,
      begin,
      end,
      complete,
      requests: of(totals.requests),
      tests: of(totals.tests),
      spectrum: spectrumOf(times),
    };
  });
}
