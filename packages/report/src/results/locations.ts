import type { Merged, MergedStage } from '../merge/merged.ts';
import { type Totals, totalsOf } from '../merge/totals.ts';
import type { LocationResult } from '../schema/results.ts';
import type { Evidence } from '../verdict/evidence.ts';
import { upToLoss } from './loss.ts';
import type { LocationInput } from './report-input.ts';
import { stageResults } from './stages.ts';

/** One location, with what is judged of it. */
export interface MeasuredLocation {
  readonly input: LocationInput;
  readonly merged: Merged;
  readonly totals: Totals;
  readonly stages: readonly MergedStage[];
  readonly loss: Evidence['loss'];
}

/** Of each location that measured something: all up to a loss, as of the whole. */
export function measuredLocations(
  inputs: readonly LocationInput[],
  isRecorded: (stage: MergedStage) => boolean,
): MeasuredLocation[] {
  return inputs.flatMap((input) => {
    if (input.measurements === null) return [];
    const { merged, loss } = upToLoss(input.measurements, input.lost);
    return [{ input, merged, loss, totals: totalsOf(merged), stages: merged.steps.filter(isRecorded) }];
  });
}

/** What thresholds of a location are judged by. */
export function evidenceOf(
  locations: readonly MeasuredLocation[],
  whole: Pick<Evidence, 'faults' | 'shadows' | 'apdexThreshold' | 'steps'>,
): Map<string, Evidence> {
  const judged = new Set(whole.steps.map(({ plan }) => plan.index));
  return new Map(
    locations.map(({ input, merged, totals, stages, loss = null }) => [
      input.name,
      { ...whole, merged, totals, loss, steps: stages.filter(({ plan }) => judged.has(plan.index)) },
    ]),
  );
}

export function locationResults(
  locations: readonly MeasuredLocation[],
  apdexThreshold: number,
): LocationResult[] {
  return locations.map(({ input: { name, labels }, merged, totals, stages }) => ({
    name,
    labels: { ...labels },
    nodes: merged.nodes.map(({ node }) => node),
    steps: stageResults(stages, totals, apdexThreshold).map(({ plan, requests, tests }) => ({
      step: plan.index,
      requests,
      tests,
    })),
  }));
}
