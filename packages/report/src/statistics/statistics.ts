import { apdexScore, noTimes } from '@marteau/measure';
import type { MergedStage, MergedStats } from '../merge/merged.ts';
import type { Apdex, ApdexRating, Statistics } from '../schema/statistics.ts';
import { bucketsOf } from './buckets.ts';
import { spreadOf } from './spread.ts';

/**
 * The statistics of what was measured in one stage.
 * @param seconds length of the stage's recorded window
 * @param apdexThreshold µs
 */
export function statisticsOf(stats: MergedStats, seconds: number, apdexThreshold: number): Statistics {
  const { step, count, errors, unfinished, oldestUnfinished, peak, bytesIn, bytesOut, outcomes } = stats;
  return {
    step,
    count,
    errors,
    unfinished,
    oldestUnfinished,
    rate: seconds > 0 ? count / seconds : 0,
    peak,
    time: spreadOf(stats.time),
    service: stats.service && spreadOf(stats.service),
    apdex: apdexOf(stats, apdexThreshold),
    bytesIn,
    bytesOut,
    outcomes,
    phases: Object.fromEntries(
      Object.entries(stats.phases).map(([name, phase]) => [
        name,
        { count: phase.count, avg: phase.count > 0 ? phase.sum / phase.count : 0, max: phase.max },
      ]),
    ),
    ...(stats.http2 !== undefined && { http2: stats.http2 }),
    buckets: bucketsOf(stats.time),
  };
}

/** A stage in which nothing of a kind happened. */
export function noStats({ plan }: MergedStage): MergedStats {
  return {
    step: plan.index,
    count: 0,
    errors: 0,
    unfinished: 0,
    oldestUnfinished: 0,
    time: noTimes,
    service: null,
    errorTime: null,
    outcomes: {},
    bytesIn: 0,
    bytesOut: 0,
    phases: {},
    peak: 0,
  };
}

const ratings: readonly (readonly [from: number, ApdexRating])[] = [
  [0.94, 'excellent'],
  [0.85, 'good'],
  [0.7, 'fair'],
  [0.5, 'poor'],
];

/** The Apdex of a label in a stage, with the Alliance's word for it. @param threshold T in µs */
export function apdexOf(
  stats: Pick<MergedStats, 'errors' | 'time' | 'errorTime'>,
  threshold: number,
): Apdex | null {
  const score = apdexScore(stats, threshold);
  return score === null ? null : { score, rating: rate(score) };
}

/** The Apdex Alliance's word for a score; the bounds are those of scores rounded to two digits. */
function rate(score: number): ApdexRating {
  const rounded = Math.round(score * 100) / 100;
  return ratings.find(([from]) => rounded >= from)?.[1] ?? 'unacceptable';
}
