import type { Plan, Step } from '@marteau/shared';

/**
 * Steps of one model that follow each other without a gap: users go on from one to the next. A step with a ramp (a
 * cycle), a pause and a step of so many iterations stand alone: whoever was there leaves before.
 */
export type Stretch = readonly Step[];

/** Loads that run side by side: those of one test, or of all where the plan names none. */
export interface LanePlan {
  readonly test: string | null;
  readonly stretches: readonly Stretch[];
}

export function lanesOf(plan: Plan): LanePlan[] {
  const byTest = Map.groupBy(plan.steps, ({ test }) => test);
  return [...byTest].map(([test, steps]) => ({ test, stretches: stretchesOf(steps) }));
}

function stretchesOf(steps: readonly Step[]): Stretch[] {
  const stretches: Step[][] = [];
  for (const step of steps) {
    const before = stretches.at(-1)?.at(-1);
    const anew =
      !before || step.rampMs > 0 || step.model !== before.model || isAlone(step) || isAlone(before);
    if (anew) stretches.push([step]);
    else stretches.at(-1)!.push(step);
  }
  return stretches;
}

/** A pause has nobody in it, and a step of so many iterations ends when they are done. */
function isAlone({ model, iterations }: Step): boolean {
  return model === 'pause' || iterations !== null;
}

/** Where a step lies when its stretch begins at `begin`; all in ms. The window is what its ramp comes before. */
export interface Laid {
  readonly step: Step;
  /** Begin of the ramp. */
  readonly at: number;
  readonly begin: number;
  readonly end: number;
}

export function layOut(stretch: Stretch, begin: number): Laid[] {
  const laid: Laid[] = [];
  let at = begin;
  for (const step of stretch) {
    const end = at + step.rampMs + step.durationMs;
    laid.push({ step, at, begin: at + step.rampMs, end });
    at = end;
  }
  return laid;
}
