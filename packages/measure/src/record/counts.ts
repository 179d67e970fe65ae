/** Counts by name. */
export type Counts = Readonly<Record<string, number>>;

/** What requests spent in one of their phases: how many had it, the sum and the maximum in µs. */
export interface PhaseSum {
  count: number;
  sum: number;
  max: number;
}

export type PhaseSums = Readonly<Record<string, Readonly<PhaseSum>>>;

/** Adds counts by name. */
export function addCounts(parts: readonly Counts[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const part of parts)
    for (const [name, count] of Object.entries(part)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** The same of phases. */
export function addPhases(parts: readonly PhaseSums[]): Record<string, PhaseSum> {
  const sums = new Map<string, PhaseSum>();
  for (const part of parts) {
    for (const [name, { count, sum, max }] of Object.entries(part)) {
      const known = sums.get(name) ?? { count: 0, sum: 0, max: 0 };
      sums.set(name, { count: known.count + count, sum: known.sum + sum, max: Math.max(known.max, max) });
    }
  }
  return Object.fromEntries(sums);
}
