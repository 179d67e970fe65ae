import type { Span } from '@marteau/measure';
import { defaultThresholds, type Threshold } from '@marteau/measure';
import { recordedIntervals } from '../merge/grid.ts';
import type { Merged, MergedStage } from '../merge/merged.ts';
import type { Totals } from '../merge/totals.ts';
import type { ChaosResult } from '../schema/chaos.ts';
import type { Judgement } from '../schema/judgement.ts';
import { faultSpans, judgeChaos, shadowSpans, withChaos } from './judge-chaos.ts';

/** What a run's chaos adds to its results and its verdict. */
interface Chaos {
  /** Null where the file names no proxies. */
  readonly result: ChaosResult | null;
  readonly faults: readonly Span[];
  /** The faults, each with its time to recover. */
  readonly shadows: readonly Span[];
  /** The verdict with what the faults add to it. */
  judged(judgement: Judgement): Judgement;
}

/**
 * @param steps the recorded ones
 * @param thresholds the file's: what it says of errors holds for the steady state, too
 */
export function chaosOf(
  merged: Merged,
  { requests }: Totals,
  stages: readonly MergedStage[],
  thresholds: readonly Threshold[],
): Chaos {
  const record = merged.chaos ?? null;
  if (record === null) return { result: null, faults: [], shadows: [], judged: (judgement) => judgement };
  const { grid } = merged;
  const result = judgeChaos(record, {
    cells: requests.cells,
    grid,
    recorded: recordedIntervals(grid, stages),
    closeUp: merged.closeUp
      ? { ...merged.closeUp, recorded: recordedIntervals(merged.closeUp.grid, stages) }
      : null,
    errors: thresholds.find(isOfErrors) ?? defaultThresholds.find(isOfErrors)!,
  });
  return {
    result,
    faults: faultSpans(record),
    shadows: shadowSpans(record),
    judged: (judgement) => withChaos(judgement, result),
  };
}

function isOfErrors({ metric, label, unit, comparison, duringFaults }: Threshold): boolean {
  return (
    metric === 'errors' && label === null && unit === 'ratio' && comparison.startsWith('<') && !duringFaults
  );
}
