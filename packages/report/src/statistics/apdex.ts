import { apdexScore } from '@marteau/measure';
import type { MergedStats } from '../merge/merged.ts';
import type { Apdex, ApdexRating } from '../schema/statistics.ts';

const ratings: readonly (readonly [from: number, ApdexRating])[] = [
  [0.94, 'excellent'],
  [0.85, 'good'],
  [0.7, 'fair'],
  [0.5, 'poor'],
];

/** The Apdex of a label in a step, with the Alliance's word for it. @param threshold T in µs */
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
