import { recordedIntervals } from '../merge/grid.ts';
import type { Merged, MergedStage } from '../merge/merged.ts';
import type { LabelResult } from '../schema/results.ts';
import { coarser, seriesOf } from '../statistics/series.ts';
import { statisticsOf } from '../statistics/statistics.ts';

/** Points of all labels together: 20 labels keep 1,200 each, 500 labels 48. */
const POINT_BUDGET = 24_000;
const FEWEST_POINTS = 48;

/** Every label with its statistics per stage and its curve. */
export function labelResults(
  merged: Merged,
  stages: readonly MergedStage[],
  apdexThreshold: number,
): LabelResult[] {
  const points = Math.max(FEWEST_POINTS, Math.floor(POINT_BUDGET / merged.labels.length));
  const recorded = recordedIntervals(merged.grid, merged.steps);
  return merged.labels.map((label) => {
    const { cells, grid } = coarser(label.cells, merged.grid, points, recorded);
    return {
      kind: label.kind,
      name: label.name,
      steps: stages.flatMap((stage) => {
        const stats = label.steps.find((part) => part.step === stage.plan.index);
        return stats ? [statisticsOf(stats, stage.seconds, apdexThreshold)] : [];
      }),
      series: seriesOf(cells, grid),
    };
  });
}
