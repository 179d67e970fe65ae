import { kindMeant, labelsMeant, measureThreshold, type Threshold } from '@marteau/measure';
import type { Subject } from '../merge/totals.ts';
import type { JudgedThreshold } from '../schema/judgement.ts';
import type { Evidence } from './evidence.ts';
import { judgeMetric } from './judge-metric.ts';
import { circumstancesOf, judged, judgeSteps, neverOccurred, notJudged } from './judge-steps.ts';
import { slicesOf } from './slices.ts';

/** Judges one threshold in every step that it speaks of. */
export function judgeThreshold(threshold: Threshold, evidence: Evidence): JudgedThreshold {
  if (threshold.custom !== null) return judgeMetric(threshold, evidence);
  const subject = subjectOf(threshold, evidence);
  if (subject === null) {
    const names = evidence.merged.labels.map(({ name }) => name);
    return neverOccurred(
      threshold,
      `"${threshold.label}" never occurred in this run.`,
      threshold.label ?? '',
      names,
    );
  }
  if (threshold.duringFaults && evidence.faults.length === 0) {
    return notJudged(
      threshold,
      'absent',
      'nothing was broken on purpose in this run, so there is no time “during faults”.',
    );
  }
  const circumstances = circumstancesOf(evidence);
  return judgeSteps(threshold, evidence, (step) =>
    slicesOf(threshold, step, subject, evidence).flatMap((slice) => {
      const measured = measureThreshold(threshold, slice, circumstances);
      return measured === null ? [] : [judged(threshold, step, measured, slice.time.count, slice.window)];
    }),
  );
}

/** Whom a threshold is about; null when its label never occurred. */
function subjectOf(threshold: Threshold, { merged, totals }: Evidence): Subject | null {
  if (threshold.label !== null) return labelsMeant(threshold, merged.labels)[0] ?? null;
  const fetches = totals.requests.steps.length > 0;
  return kindMeant(threshold, fetches) === 'test' ? totals.tests : totals.requests;
}
