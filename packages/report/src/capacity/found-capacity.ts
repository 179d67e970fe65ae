import type { CapacitySearch } from '@marteau/measure';
import type { Capacity } from '../schema/capacity.ts';

/** The answer of a search (`find`), as a capacity: its sentence, the stage that held and the one that did not. */
export function foundCapacity({ sentence, probes, holds, breaks }: CapacitySearch): Capacity {
  const stageOf = (rate: number | null, held: boolean) =>
    probes.findLast((probe) => probe.rate === rate && (probe.outcome === 'held') === held)?.step ?? null;
  const within = stageOf(holds, true);
  return { sentence, best: within, within, beyond: stageOf(breaks, false), fit: null };
}
