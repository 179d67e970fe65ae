import type { Stage } from '@marteau/shared';

/** What every tool finds of a stage in its environment: users, iterations started per second, seconds. */
export function loadVariables(stage: Stage | null, target: string | null): Record<string, string> {
  return {
    ...(target !== null && { MARTEAU_TARGET: target }),
    ...(stage?.users && { MARTEAU_USERS: String(stage.users.to) }),
    ...(stage?.rate && { MARTEAU_RATE: decimal(stage.rate.to) }),
    ...(stage && { MARTEAU_DURATION: decimal((stage.rampMs + stage.durationMs) / 1000) }),
    ...(stage && stage.rampMs > 0 && { MARTEAU_RAMP: decimal(stage.rampMs / 1000) }),
    ...(stage?.iterations && { MARTEAU_ITERATIONS: String(stage.iterations.count) }),
  };
}

/** Without more digits than a number needs. */
function decimal(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** Whether users or rate stay the same all the time. */
export function isConstant({ users, rate }: Stage): boolean {
  const range = users ?? rate;
  return range === null || range.from === range.to;
}
