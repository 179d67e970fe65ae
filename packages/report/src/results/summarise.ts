import { addStarts } from '@marteau/measure';
import type { RunSummary } from '@marteau/shared';
import { loadOf } from '../comparison/comparable.ts';
import { gradedChange } from '../comparison/main-figure.ts';
import type { Results, StageResult } from '../schema/results.ts';
import { kindFigures } from './kind-figures.ts';

const SPARK_POINTS = 40;

/**
 * The few numbers that lists, mails and badges show. Counts and rates are those of the whole recorded time; the
 * percentiles are those of the worst stage, because percentiles of several loads are never pooled.
 */
export function summarise(results: Results): RunSummary | null {
  if (results.requests === null) return null;
  const total = (pick: (stage: StageResult) => number) =>
    results.steps.reduce((sum, stage) => sum + pick(stage), 0);
  const requests = total((stage) => stage.requests.count);
  const iterations = total((stage) => stage.tests.count);
  const { recordedSeconds } = results.load;
  const worst = worstStage(results.steps);
  const starts = addStarts(results.steps.flatMap((stage) => stage.starts ?? []));
  const failures = total((stage) => stage.tests.errors) + starts.userFailures;
  const change = gradedChange(results);
  const kinds = kindFigures(results);
  return {
    requests,
    iterations,
    errorRate: requests > 0 ? total((stage) => stage.requests.errors) / requests : 0,
    failureRate: failures > 0 ? failures / (iterations + starts.userFailures) : 0,
    ...(starts.planned > 0 && { planned: starts.planned, dropped: starts.dropped }),
    ...(starts.users > 0 && { users: starts.users, neverBegan: starts.neverBegan }),
    rate: recordedSeconds > 0 ? requests / recordedSeconds : 0,
    p50: worst?.requests.time.p50 ?? null,
    p95: worst?.requests.time.p95 ?? null,
    p99: worst?.requests.time.p99 ?? null,
    ...(results.steps.length > 1 && worst && { stage: worst.plan.name.slice(0, 200) }),
    spark: spark(results.requests.throughput.count, results.requests.throughput.width),
    ...(kinds.length > 0 && { kinds }),
    ...(change && { change }),
    load: loadOf(results),
  };
}

/** The stage in which requests were slowest, by p95; by the median where there is no p95. */
export function worstStage(stages: readonly StageResult[]): StageResult | null {
  const slowness = ({ requests: { time } }: StageResult) => time.p95 ?? time.p50 ?? -1;
  return stages.reduce<StageResult | null>(
    (worst, stage) => (worst === null || slowness(stage) > slowness(worst) ? stage : worst),
    null,
  );
}

/** Requests per second in at most 40 points. */
function spark(counts: readonly number[], widthMs: number): number[] {
  const factor = Math.max(1, Math.ceil(counts.length / SPARK_POINTS));
  const points: number[] = [];
  for (let i = 0; i < counts.length; i += factor) {
    const part = counts.slice(i, i + factor);
    const perSecond = (part.reduce((sum, count) => sum + count, 0) * 1000) / (part.length * widthMs);
    points.push(Math.round(perSecond * 100) / 100);
  }
  return points;
}
