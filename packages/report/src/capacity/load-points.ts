import type { Merged, MergedStage } from '../merge/merged.ts';
import type { Subject } from '../merge/totals.ts';

/** What a stage, or a part of a ramp, says about throughput: its users, and its rate in interval after interval. */
export interface Observation {
  readonly users: number;
  /** Requests per second, one entry an interval. */
  readonly rates: readonly number[];
}

/** Parts into which a ramp of users is cut. */
const RAMP_PARTS = 12;

/** Throughput over users, from the stages of a closed model and from ramps of users. */
export function observe(merged: Merged, stages: readonly MergedStage[], requests: Subject): Observation[] {
  return stages.flatMap((stage) => {
    const { model, users } = stage.plan;
    if (model !== 'closed' || users === null) return [];
    const inside = intervalsOf(merged, stage);
    const rate = (i: number) => ((requests.cells[i]?.count ?? 0) * 1000) / merged.grid.width;
    if (users.from === users.to) {
      // The stage's own rate is exact; intervals at its edges are cut, and only tell how much it varies.
      const exact = requests.steps.find((one) => one.step === stage.plan.index)?.count ?? 0;
      return [
        { users: users.to, rates: centred(inside.map(rate), stage.seconds > 0 ? exact / stage.seconds : 0) },
      ];
    }
    const size = Math.max(1, Math.ceil(inside.length / RAMP_PARTS));
    const parts = Array.from({ length: Math.ceil(inside.length / size) }, (_, i) =>
      inside.slice(i * size, (i + 1) * size),
    );
    return parts.map((part) => ({
      users: mean(part.map((i) => merged.load[i]?.users ?? 0)),
      rates: part.map(rate),
    }));
  });
}

/** Intervals that lie wholly in the recorded window. */
function intervalsOf({ grid }: Merged, { begin, end }: MergedStage): number[] {
  const first = Math.ceil(begin / grid.width - 1e-6);
  const last = Math.floor(end / grid.width + 1e-6);
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
}

/** The same scatter around another mean. */
function centred(rates: readonly number[], wanted: number): number[] {
  if (rates.length === 0) return [wanted];
  const found = mean(rates);
  return rates.map((rate) => rate - found + wanted);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
