import {
  isKnown,
  kindMeant,
  labelsMeant,
  measureThreshold,
  metricOf,
  noTimes,
  type Threshold,
} from '@marteau/measure';
import type { Subject } from '../merge/totals.ts';
import type { JudgedStage, JudgedThreshold } from '../schema/judgement.ts';
import type { Evidence } from './evidence.ts';
import { judgeMetric } from './judge-metric.ts';
import { circumstancesOf, judged, judgeStages, neverOccurred, notJudged } from './judge-stages.ts';
import { type Slice, slicesOf } from './slices.ts';

/** Judges one threshold in every stage that it speaks of. */
export function judgeThreshold(threshold: Threshold, whole: Evidence): JudgedThreshold {
  const { location } = threshold;
  const evidence = location === undefined ? whole : whole.locations?.get(location);
  if (evidence === undefined)
    return notJudged(threshold, 'absent', `nothing was measured of a location "${location}".`);
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
  const { source } = evidence.merged;
  const q = threshold.percentile === null ? null : threshold.percentile / 100;
  if (source?.known && q !== null && !isKnown({ ...noTimes, known: source.known }, q))
    return notJudged(
      threshold,
      'unsupported',
      `${source.title} does not tell this percentile${percentilesInWords(source.known)}.`,
    );
  if (threshold.duringFaults && evidence.faults.length === 0) {
    return notJudged(
      threshold,
      'absent',
      'nothing was broken on purpose in this run, so there is no time “during faults”.',
    );
  }
  const circumstances = circumstancesOf(evidence);
  return judgeStages(threshold, evidence, (stage) =>
    slicesOf(threshold, stage, subject, evidence).flatMap((slice) => {
      const measured = measureThreshold(threshold, slice, circumstances);
      if (measured === null) return [];
      const one = judged(threshold, stage, measured, slice.time.count, slice.window);
      return [metricOf(threshold.metric)?.isOfTimes ? withErrors(one, slice) : one];
    }),
  );
}

function percentilesInWords(known: readonly number[]): string {
  const names = known.filter((q) => q >= 0.5).map((q) => `p${Number((q * 100).toFixed(3))}`);
  return names.length === 0 ? '' : `, but ${names.join(', ')}`;
}

/** More errors than this, and how fast they came says nothing of the target. */
const MOST_ERRORS = 0.5;

/** Quick failures are no good answers: a bound of times does not hold where most of what it rests on were errors. */
function withErrors(judged: JudgedStage, { errors, time }: Slice): JudgedStage {
  if (errors === 0 || time.count === 0) return judged;
  const share = errors / time.count;
  return { ...judged, ok: judged.ok && share <= MOST_ERRORS, errors: share };
}

/** Whom a threshold is about; null when its label never occurred. */
function subjectOf(threshold: Threshold, { merged, totals }: Evidence): Subject | null {
  if (threshold.label !== null) return labelsMeant(threshold, merged.labels)[0] ?? null;
  const fetches = totals.requests.steps.length > 0;
  return kindMeant(threshold, fetches) === 'test' ? totals.tests : totals.requests;
}
