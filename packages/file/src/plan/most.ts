import type { Plan, Stage } from '@marteau/shared';

/** The most users at once: of stages side by side, the sum. */
export function mostUsers(plan: Plan): number {
  return mostOf(plan, ({ users, maxUsers }) => Math.max(users?.from ?? 0, users?.to ?? 0, maxUsers ?? 0));
}

/** The most iterations that begin in a second, where the plan says so. */
export function mostRate(plan: Plan): number {
  return mostOf(plan, ({ rate }) => Math.max(rate?.from ?? 0, rate?.to ?? 0));
}

function mostOf(plan: Plan, ofStage: (stage: Stage) => number): number {
  const byTest = new Map<string | null, number>();
  for (const stage of plan.steps)
    byTest.set(stage.test, Math.max(byTest.get(stage.test) ?? 0, ofStage(stage)));
  return [...byTest.values()].reduce((sum, most) => sum + most, 0);
}
