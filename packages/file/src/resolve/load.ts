import { posix } from 'node:path';
import { defaultsBeside } from '@marteau/measure';
import type { Arrivals, Plan, Stage } from '@marteau/shared';
import { formatCount, formatRate } from '@marteau/shared';
import { parseCycles, parseRateRange, parseUserRange, type Range } from '../grammar/ranges.ts';
import { planLengthMs } from '../plan/length.ts';
import type { PartialFile } from '../schema/file.ts';
import type { FileStage } from '../schema/load.ts';
import { milliseconds, thresholds } from './readers.ts';
import type { ResolvedLoad } from './resolved-file.ts';

/** How many rates are tried between the last one that held and the first one that did not. */
export const BISECTIONS = 6;

const DEFAULT_CYCLES = '1:5:10';
const DEFAULT_DURATION_MS = 30_000;
const DEFAULT_PROBE_MS = 30_000;
const LONGEST_ITERATIONS_MS = 600_000;
const RAMP_PER_USER_MS = 200;
const LONGEST_RAMP_MS = 30_000;

type NewStage = Omit<Stage, 'index'>;

/**
 * The load of a file whose fields were checked before. Stages of one test follow one another; where they name
 * different tests, those of each test run side by side with the others from the beginning. Of a search for capacity
 * the plan holds the rising rates; the bisection follows from what they show.
 */
export function readLoad(file: PartialFile): ResolvedLoad {
  const warmupMs = milliseconds(file.warmup, 0);
  const test = file.test ?? null;
  if (file.find !== undefined) {
    const { rate, for: each, maxUsers, while: holds } = file.find;
    const forMs = milliseconds(each, DEFAULT_PROBE_MS);
    const range = parseRateRange(rate) ?? constant(1);
    const users = maxUsers ?? enoughUsers(range);
    const plan = searchPlan({ rate: range, forMs, maxUsers: users, test, warmupMs, ...arrivalsOf(file) });
    const lengthMs = planLengthMs(plan) + BISECTIONS * forMs;
    const own = thresholds(holds);
    // Of the starts that are dropped a search judges its own.
    return { kind: 'find', plan, lengthMs, while: [...own, ...defaultsBeside(own, false)] };
  }
  const plan = planOf(stagesByTest(file), warmupMs);
  const kind = file.load === undefined ? 'cycles' : 'steps';
  return { kind, plan, lengthMs: planLengthMs(plan), while: [] };
}

/** The rising rates of a search until one breaks: each twice the one before, the highest as given. */
export function searchPlan({
  rate,
  forMs,
  maxUsers,
  test = null,
  warmupMs = 0,
  arrivals,
}: {
  rate: Range;
  forMs: number;
  maxUsers: number;
  test?: string | null;
  warmupMs?: number;
  arrivals?: Arrivals;
}): Plan {
  const rates: number[] = [];
  for (let each = rate.from; each < rate.to; each *= 2) rates.push(each);
  const stages = [...rates, rate.to].map((each) => ({
    ...atRate(constant(each), maxUsers, forMs, test),
    ...(arrivals ? { arrivals } : {}),
  }));
  return planOf([stages], warmupMs);
}

function planOf(lists: NewStage[][], warmupMs: number): Plan {
  const stages = lists.flatMap((list) => withWarmup(list, warmupMs));
  return { steps: stages.map((stage, index) => ({ index, ...stage })) };
}

/** Lists of stages that run side by side. */
function stagesByTest({ load, cycles, duration, ramp, ...file }: PartialFile): NewStage[][] {
  const test = file.test ?? null;
  const stageFor = (test: string | null) => (stage: FileStage) =>
    stageOf({ arrivals: file.arrivals, ...stage }, test);
  if (typeof load === 'string') return [[stageFor(test)({ traffic: load })]];
  if (Array.isArray(load)) return [load.map(stageFor(test))];
  if (load !== undefined) {
    const chosen = Object.entries(load).filter(([name]) => test === null || name === test);
    return chosen.map(([name, stages]) => stages.map(stageFor(name)));
  }
  const durationMs = milliseconds(duration, DEFAULT_DURATION_MS);
  const users = parseCycles(String(cycles ?? DEFAULT_CYCLES)) ?? [1];
  return [
    users.map((count) => {
      return {
        ...closed(constant(count), test),
        rampMs: milliseconds(ramp, defaultRampMs(count)),
        durationMs,
      };
    }),
  ];
}

function stageOf(written: FileStage, test: string | null): NewStage {
  if (written.pause !== undefined) {
    const durationMs = milliseconds(written.pause, 0);
    const name = written.name ?? 'pause';
    return { ...NOTHING, name, model: 'pause', durationMs, recorded: false, test };
  }
  if (written.traffic !== undefined) {
    const file = posix.normalize(written.traffic);
    const name = written.name ?? `traffic of ${posix.basename(file)}`;
    const stage = {
      ...NOTHING,
      model: 'open' as const,
      rate: constant(0),
      maxUsers: written.maxUsers ?? null,
    };
    return { ...stage, ...arrivalsOf(written), name, traffic: { file }, durationMs: 0, test };
  }
  const durationMs = milliseconds(written.for, LONGEST_ITERATIONS_MS);
  const rate = written.rate === undefined ? null : parseRateRange(written.rate);
  if (rate !== null) {
    const stage = atRate(rate, written.maxUsers ?? enoughUsers(rate), durationMs, test);
    return { ...stage, ...arrivalsOf(written), name: written.name ?? stage.name };
  }
  const users = (written.users === undefined ? null : parseUserRange(String(written.users))) ?? constant(1);
  const iterations = iterationsOf(written.iterations);
  // Who comes by and by would have done the iterations before anything is recorded.
  const isRamped = written.users !== undefined && users.from === users.to && iterations === null;
  const stage = closed(users, test);
  return {
    ...stage,
    name: written.name ?? stage.name,
    iterations,
    rampMs: milliseconds(written.ramp, isRamped ? defaultRampMs(users.from) : 0),
    durationMs,
  };
}

const NOTHING = {
  users: null,
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 0,
  recorded: true,
} as const;

function closed(users: Range, test: string | null): Omit<NewStage, 'durationMs'> {
  return { ...NOTHING, name: inUsers(users), model: 'closed', users, test };
}

function atRate(rate: Range, maxUsers: number, durationMs: number, test: string | null): NewStage {
  return { ...NOTHING, name: inRates(rate), model: 'open', rate, maxUsers, durationMs, test };
}

const FIRST_SEED = 1;

/** How iterations arrive, where they do not arrive evenly. */
function arrivalsOf({ arrivals = 'even' }: Pick<FileStage, 'arrivals'>): { arrivals?: Arrivals } {
  const { kind, seed = FIRST_SEED } = typeof arrivals === 'string' ? { kind: arrivals } : arrivals;
  return kind === 'even' ? {} : { arrivals: { kind, seed } };
}

function iterationsOf(written: FileStage['iterations']): Stage['iterations'] {
  if (written === undefined) return null;
  if (typeof written === 'number') return { count: written, per: 'all' };
  return { count: written.count, per: written.per ?? 'all' };
}

/** The load with which a list of stages begins, not recorded, before it. */
function withWarmup(stages: NewStage[], warmupMs: number): NewStage[] {
  const first = stages.find((stage) => stage.model !== 'pause');
  if (warmupMs === 0 || !first) return stages;
  const warmup: NewStage = {
    ...first,
    name: 'warm-up',
    // From nothing nothing would warm up.
    users: first.users && constant(first.users.from || first.users.to),
    rate: first.rate && constant(first.rate.from || first.rate.to),
    iterations: null,
    durationMs: warmupMs,
    recorded: false,
  };
  return [warmup, ...stages];
}

/** How long so many users take to start when the file does not say: as in FunkLoad one after the other. */
function defaultRampMs(users: number): number {
  return Math.min(users * RAMP_PER_USER_MS, LONGEST_RAMP_MS);
}

/** By Little's law, users = rate x time: enough for iterations of two seconds. */
export function enoughUsers(rate: Range): number {
  return Math.max(10, Math.ceil(2 * Math.max(rate.from, rate.to)));
}

export function constant(value: number): Range {
  return { from: value, to: value };
}

/** '1 user', '10 to 100 users' */
export function inUsers({ from, to }: Range): string {
  if (from !== to) return `${formatCount(from)} to ${formatCount(to)} users`;
  return `${formatCount(from)} ${from === 1 ? 'user' : 'users'}`;
}

/** '50/s', '50/s to 500/s' */
export function inRates({ from, to }: Range): string {
  return from === to ? formatRate(from) : `${formatRate(from)} to ${formatRate(to)}`;
}

/** Whether starts can be dropped: where iterations start at a rate. A search judges its own. */
export function startsAtRates({ kind, plan }: ResolvedLoad): boolean {
  return kind !== 'find' && plan.steps.some(({ model, recorded }) => recorded && model === 'open');
}

/** The load is its tool's own, of which nothing is known before: it may take an hour. */
export const ownLoad: ResolvedLoad = {
  kind: 'own',
  plan: {
    steps: [{ ...NOTHING, index: 0, name: 'its own plan', model: 'closed', test: null, durationMs: 0 }],
  },
  lengthMs: 3_600_000,
  while: [],
};
