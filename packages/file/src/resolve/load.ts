import { parseCycles, parseRateRange, parseUserRange, type Range } from '../grammar/ranges.ts';
import { defaultRampMs } from '../plan/ramp.ts';
import type { PartialFile } from '../schema/file.ts';
import type { FileStep } from '../schema/load.ts';
import { milliseconds, thresholds } from './readers.ts';
import type { ResolvedLoad, ResolvedStage } from './resolved-file.ts';

const defaultCycles = '1:5:10';
const defaultDurationMs = 30_000;
const defaultProbeMs = 30_000;
const longestIterationsMs = 600_000;

/** The model of load of a file whose load fields were checked before. */
export function readLoad(file: PartialFile): ResolvedLoad {
  if (file.find !== undefined) return readFind(file.find);
  if (file.load !== undefined) return { kind: 'steps', lanes: readLanes(file.load, file.test) };
  return {
    kind: 'cycles',
    users: parseCycles(String(file.cycles ?? defaultCycles)) ?? [1],
    durationMs: milliseconds(file.duration, defaultDurationMs),
    rampMs: milliseconds(file.ramp, null),
  };
}

type Lanes = Extract<ResolvedLoad, { kind: 'steps' }>['lanes'];

function readLanes(load: NonNullable<PartialFile['load']>, test: string | undefined): Lanes {
  if (Array.isArray(load)) return [{ test: null, steps: load.map(readStep) }];
  const lanes = Object.entries(load).map(([name, steps]) => ({ test: name, steps: steps.map(readStep) }));
  return test === undefined ? lanes : lanes.filter((lane) => lane.test === test);
}

function readStep(step: FileStep): ResolvedStage {
  const users = step.users === undefined ? null : parseUserRange(String(step.users));
  const rate = step.rate === undefined ? null : parseRateRange(step.rate);
  // Who comes by and by would have done the iterations before anything is recorded.
  const isRamped = users && users.from === users.to && step.iterations === undefined;
  return {
    name: step.name ?? null,
    users,
    rate,
    maxUsers: rate && (step.maxUsers ?? enoughUsers(rate)),
    iterations: readIterations(step.iterations),
    rampMs: milliseconds(step.ramp, isRamped ? defaultRampMs(users.from) : 0),
    forMs: step.pause === undefined ? milliseconds(step.for, longestIterationsMs) : 0,
    pauseMs: milliseconds(step.pause, null),
  };
}

function readIterations(written: FileStep['iterations']): ResolvedStage['iterations'] {
  if (written === undefined) return null;
  if (typeof written === 'number') return { count: written, per: 'all' };
  return { count: written.count, per: written.per ?? 'all' };
}

function readFind(find: NonNullable<PartialFile['find']>): ResolvedLoad {
  const rate = parseRateRange(find.rate) ?? { from: 1, to: 1 };
  return {
    kind: 'find',
    rate,
    while: thresholds(find.while),
    forMs: milliseconds(find.for, defaultProbeMs),
    maxUsers: find.maxUsers ?? enoughUsers(rate),
  };
}

/** By Little's law, users = rate x time: enough for iterations of two seconds. */
function enoughUsers(rate: Range): number {
  return Math.max(10, Math.ceil(2 * Math.max(rate.from, rate.to)));
}
