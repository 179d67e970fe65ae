import { buildResults, mergeMeasurements } from '@marteau/report';
import type { Results } from '@marteau/report/schema';
import { aRun } from '@marteau/testkit/a-run';
import { type Character, simulatedRun } from './simulated-run.ts';

/** Runs of a kind, made once: each trial draws some of them. */
export function drawn(character: Character, kinds: readonly number[], size: number) {
  let seed = 1;
  const make = (slower: number): Results => {
    const measurements = mergeMeasurements([simulatedRun.measure(seed++, slower, character)]);
    const { plan } = simulatedRun;
    return buildResults({ run: aRun(), file: null, plan, thresholds: [], measurements });
  };
  const pools = new Map(kinds.map((slower) => [slower, Array.from({ length: size }, () => make(slower))]));
  const random = simulatedRun.uniformNumbers(7);
  return {
    draw(slower: number, count: number): Results[] {
      const from = pools.get(slower)!;
      const picked = new Set<Results>();
      while (picked.size < count) picked.add(from[Math.floor(random() * from.length)]!);
      return [...picked];
    },
  };
}
