import type { Merged, MergedStep } from '../merge/merged.ts';
import type { Subject } from '../merge/totals.ts';

/** What a step, or a span of a ramp, says about throughput: its users, and its rate in interval after interval. */
export interface Observation {
  readonly users: number;
  /** Requests per second, one entry an interval. */
  readonly rates: readonly number[];
}

/** Spans into which a ramp of users is cut. */
const RAMP_SPANS = 12;

/** Throughput over users, from the steps of a closed model and from ramps of users. */
export function observe(merged: Merged, steps: readonly MergedStep[], requests: Subject): Observation[] {
  return steps.flatMap((step) => {
    const { model, users } = step.plan;
    if (model !== 'closed' || users === null) return [];
    const inside = intervalsOf(merged, step);
    const rate = (i: number) => ((requests.cells[i]?.count ?? 0) * 1000) / merged.grid.width;
    if (users.from === users.to) {
      // The step's own rate is exact; intervals at its edges are cut, and only tell how much it varies.
      const exact = requests.steps.find((one) => one.step === step.plan.index)?.count ?? 0;
      return [
        { users: users.to, rates: centred(inside.map(rate), step.seconds > 0 ? exact / step.seconds : 0) },
      ];
    }
    const size = Math.max(1, Math.ceil(inside.length / RAMP_SPANS));
    const spans = Array.from({ length: Math.ceil(inside.length / size) }, (_, i) =>
      inside.slice(i * size, (i + 1) * size),
    );
    return spans.map((span) => ({
      users: mean(span.map((i) => merged.load[i]?.users ?? 0)),
      rates: span.map(rate),
    }));
  });
}

/** Intervals that lie wholly in the recorded window. */
function intervalsOf({ grid }: Merged, { begin, end }: MergedStep): number[] {
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
