import { addCounts, addPhases, addTimes, noTimes, readTimes, type StepStats } from '@marteau/measure';
import type { MergedStats } from './merged.ts';

/**
 * Decodes what one share measured of a label in a stage.
 * @param known the quantiles that are true, where not all are
 */
export function readStats(stats: StepStats, known: readonly number[] | null = null): MergedStats {
  return {
    ...stats,
    time: { ...readTimes([stats.time]), ...(known && { known }) },
    service: stats.service && readTimes([stats.service]),
    errorTime: stats.errorTime ? readTimes([stats.errorTime]) : stats.errors === 0 ? noTimes : null,
  };
}

/** One stage's figures of several shares, or of several labels, together. At least one is given. */
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
    ...(parts.some(({ http2 }) => http2) && { http2: sum(({ http2 = 0 }) => http2) }),
    peak: sum(({ peak }) => peak),
  };
}
