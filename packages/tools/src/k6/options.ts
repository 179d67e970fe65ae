import type { Stage } from '@marteau/shared';

const MOST_MS = 86_400_000;

/** A stage of the load as a scenario of k6, of which k6 takes its segment. */
export function optionsOf({ users, rate, maxUsers, iterations, rampMs, durationMs }: Stage): object {
  const ms = (time: number): string => `${Math.round(time)}ms`;
  const gracefulStop = '0s';
  if (rate !== null) {
    const most = maxUsers ?? 10;
    // k6 takes whole numbers per unit of time.
    const [from, to] = [Math.round(rate.from * 3600), Math.round(rate.to * 3600)];
    const common = { timeUnit: '1h', preAllocatedVUs: most, maxVUs: most, gracefulStop };
    if (from === to)
      return { executor: 'constant-arrival-rate', rate: to, duration: ms(durationMs), ...common };
    return {
      executor: 'ramping-arrival-rate',
      startRate: from,
      stages: [{ duration: ms(durationMs), target: to }],
      ...common,
    };
  }
  const { from, to } = users ?? { from: 1, to: 1 };
  if (iterations !== null) {
    const executor = iterations.per === 'user' ? 'per-vu-iterations' : 'shared-iterations';
    const maxDuration = ms(Math.min(durationMs, MOST_MS));
    return { executor, vus: Math.max(from, to), iterations: iterations.count, maxDuration, gracefulStop };
  }
  if (from === to && rampMs === 0)
    return { executor: 'constant-vus', vus: to, duration: ms(durationMs), gracefulStop };
  return {
    executor: 'ramping-vus',
    startVUs: from === to ? 0 : from,
    stages: [
      ...(rampMs > 0 ? [{ duration: ms(rampMs), target: from }] : []),
      { duration: ms(durationMs), target: to },
    ],
    gracefulRampDown: gracefulStop,
    gracefulStop,
  };
}
