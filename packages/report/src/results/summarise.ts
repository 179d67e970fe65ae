import type { RunSummary } from '@marteau/shared';
import type { Results, StepResult } from '../schema/results.ts';

const SPARK_POINTS = 40;

/**
 * The few numbers that lists, mails and badges show. Counts and rates are those of the whole recorded time; the
 * percentiles are those of the worst step, because percentiles of several loads are never pooled.
 */
export function summarise(results: Results): RunSummary | null {
  if (results.requests === null) return null;
  const total = (pick: (step: StepResult) => number) =>
    results.steps.reduce((sum, step) => sum + pick(step), 0);
  const requests = total((step) => step.requests.count);
  const iterations = total((step) => step.tests.count);
  const { recordedSeconds } = results.load;
  const worst = worstStep(results.steps);
  return {
    requests,
    iterations,
    errorRate: requests > 0 ? total((step) => step.requests.errors) / requests : 0,
    failureRate: iterations > 0 ? total((step) => step.tests.errors) / iterations : 0,
    rate: recordedSeconds > 0 ? requests / recordedSeconds : 0,
    p50: worst?.requests.time.p50 ?? null,
    p95: worst?.requests.time.p95 ?? null,
    p99: worst?.requests.time.p99 ?? null,
    spark: spark(results.requests.throughput.count, results.requests.throughput.width),
  };
}

/** The step in which requests were slowest, by p95; by the median where there is no p95. */
export function worstStep(steps: readonly StepResult[]): StepResult | null {
  const slowness = ({ requests: { time } }: StepResult) => time.p95 ?? time.p50 ?? -1;
  return steps.reduce<StepResult | null>(
    (worst, step) => (worst === null || slowness(step) > slowness(worst) ? step : worst),
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
