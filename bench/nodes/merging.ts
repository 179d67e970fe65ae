import type { Measurements } from '@marteau/measure';
import { mergeMeasurements } from '@marteau/report';
import { measurementsOf, type Size } from '../report/measurements.ts';

/** Nine nodes, an hour, twenty labels: ten million requests, in series of 900 points. */
const size: Size = { shares: 9, labels: 20, points: 900, width: 4000, perPoint: 62 };

/** Seconds that it takes to read the shares' files, and to merge what is in them. */
export function measureMerging(
  rounds: number,
  say: (line: string) => void,
): { reading: number[]; merging: number[] } {
  say('making the measurements of 9 nodes over an hour');
  const files = Array.from({ length: size.shares }, (_, share) =>
    JSON.stringify(measurementsOf(size, share)),
  );
  const seconds = { reading: [] as number[], merging: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    say(`merging, round ${round + 1} of ${rounds}`);
    const begin = performance.now();
    const shares = files.map((file) => JSON.parse(file) as Measurements);
    const read = performance.now();
    mergeMeasurements(shares);
    seconds.reading.push((read - begin) / 1000);
    seconds.merging.push((performance.now() - read) / 1000);
  }
  return seconds;
}
