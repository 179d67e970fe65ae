import type { StepStats } from '@marteau/measure';
import type { MergedStats } from './merged.ts';
import { addTimes, noTimes, readTimes } from './times.ts';

/** Decodes what one share measured of a label in a step. */
export function readStats(stats: StepStats): MergedStats {
  return {
    ...stats,
    time: readTimes([stats.time]),
    service: stats.service && readTimes([stats.service]),
    errorTime: stats.errorTime ? readTimes([stats.errorTime]) : stats.errors === 0 ? noTimes : null,
  };
}

/** One step's figures of several shares, or of several labels, together. At least one is given. */
export function addStats(parts: readonly MergedStats[]): MergedStats {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const sum = (pick: (part: MergedStats) => number) => parts.reduce((total, part) => total + pick(part), 0);
  const services = parts.flatMap(({ service }) => service ?? []);
  const errorTimes = parts.flatMap(({ errorTime }) => errorTime ?? []);
  return {
    step: first.step,
    count: sum(({ count }) => count),
    errors: sum(({ errors }) => errors),
    unfinished: sum(({ unfinished }) => unfinished),
    oldestUnfinished: Math.max(...parts.map(({ oldestUnfinished }) => oldestUnfinished)),
    time: addTimes(parts.map(({ time }) => time)),
    service: services.length > 0 ? addTimes(services) : null,
    errorTime: errorTimes.length === parts.length ? addTimes(errorTimes) : null,
    outcomes: addCounts(parts.map(({ outcomes }) => outcomes)),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    phases: addPhases(parts.map(({ phases }) => phases)),
    peak: sum(({ peak }) => peak),
  };
}

/** Adds counts by name. */
export function addCounts(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const part of parts)
    for (const [name, count] of Object.entries(part)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

function addPhases(parts: readonly StepStats['phases'][]): StepStats['phases'] {
  const sums = new Map<string, StepStats['phases'][string]>();
  for (const part of parts) {
    for (const [name, phase] of Object.entries(part)) {
      const known = sums.get(name) ?? { count: 0, sum: 0, max: 0 };
      sums.set(name, {
        count: known.count + phase.count,
        sum: known.sum + phase.sum,
        max: Math.max(known.max, phase.max),
      });
    }
  }
  return Object.fromEntries(sums);
}
