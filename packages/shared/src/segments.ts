import type { Plan, Stage } from './plan.ts';

/**
 * Stages of one model that follow each other without a gap: users go on from one to the next. A stage with a ramp (a
 * cycle), a pause and a stage of so many iterations stand alone: whoever was there leaves before.
 */
export type Segment = readonly Stage[];

/** Loads that run side by side: those of one test, or of all where the plan names none. */
export interface ScenarioPlan {
  readonly test: string | null;
  readonly segments: readonly Segment[];
}

export function scenariosOf(plan: Plan): ScenarioPlan[] {
  const byTest = Map.groupBy(plan.steps, ({ test }) => test);
  return [...byTest].map(([test, stages]) => ({ test, segments: segmentsOf(stages) }));
}

function segmentsOf(stages: readonly Stage[]): Segment[] {
  const segments: Stage[][] = [];
  for (const stage of stages) {
    const before = segments.at(-1)?.at(-1);
    const anew =
      !before || stage.rampMs > 0 || stage.model !== before.model || isAlone(stage) || isAlone(before);
    if (anew) segments.push([stage]);
    else segments.at(-1)!.push(stage);
  }
  return segments;
}

/** A pause has nobody in it, and a stage of so many iterations ends when they are done. */
function isAlone({ model, iterations }: Stage): boolean {
  return model === 'pause' || iterations !== null;
}
