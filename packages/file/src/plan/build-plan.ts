import type { Plan, Stage } from '@marteau/shared';
import { formatCount, formatRate } from '@marteau/shared';
import type { Range } from '../grammar/ranges.ts';
import type { ResolvedFile, ResolvedLoad, ResolvedStage } from '../resolve/resolved-file.ts';
import { searchRates } from './find.ts';
import { defaultRampMs } from './ramp.ts';

type NewStep = Omit<Stage, 'index'>;

/**
 * The steps that a file amounts to. Steps of one test follow one another; where steps name different tests, those of
 * each test run side by side with the others from the beginning. Of a search for capacity it holds the rising rates;
 * the bisection follows from what they show.
 */
export function buildPlan(file: Pick<ResolvedFile, 'load' | 'warmupMs'> & { test?: string | null }): Plan {
  const lanes = lanesOf(file.load, file.test ?? null);
  const steps = lanes.flatMap((lane) => withWarmup(lane, file.warmupMs));
  return { steps: steps.map((step, index) => ({ index, ...step })) };
}

function lanesOf(load: ResolvedLoad, test: string | null): NewStep[][] {
  if (load.kind === 'steps') {
    return load.lanes.map((lane) => lane.steps.map((step) => ofStep(step, lane.test ?? test)));
  }
  if (load.kind === 'cycles') {
    return [
      load.users.map((users) => cycle(users, load.durationMs, load.rampMs ?? defaultRampMs(users), test)),
    ];
  }
  const { rate, maxUsers, forMs } = load;
  return [searchRates(rate).map((each) => arrivals({ from: each, to: each }, maxUsers, forMs, test))];
}

const nothing = {
  users: null,
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 0,
  recorded: true,
} as const;

function cycle(users: number, durationMs: number, rampMs: number, test: string | null): NewStep {
  const range = { from: users, to: users };
  return { ...nothing, name: inUsers(range), model: 'closed', users: range, rampMs, durationMs, test };
}

function arrivals(rate: Range, maxUsers: number | null, durationMs: number, test: string | null): NewStep {
  return { ...nothing, name: inRates(rate), model: 'open', rate, maxUsers, durationMs, test };
}

function ofStep(step: ResolvedStage, test: string | null): NewStep {
  if (step.pauseMs !== null) {
    const name = step.name ?? 'pause';
    return { ...nothing, name, model: 'pause', durationMs: step.pauseMs, recorded: false, test };
  }
  if (step.rate !== null) {
    return { ...arrivals(step.rate, step.maxUsers, step.forMs, test), name: step.name ?? inRates(step.rate) };
  }
  const users = step.users ?? { from: 1, to: 1 };
  return {
    ...nothing,
    name: step.name ?? inUsers(users),
    model: 'closed',
    users,
    iterations: step.iterations,
    rampMs: step.rampMs,
    durationMs: step.forMs,
    test,
  };
}

/** The load with which a lane begins, not recorded, before it. */
function withWarmup(lane: NewStep[], warmupMs: number): NewStep[] {
  const first = lane.find((step) => step.model !== 'pause');
  if (warmupMs === 0 || !first) return lane;
  return [
    {
      ...first,
      name: 'warm-up',
      users: first.users && constant(first.users.from),
      // From a rate of 0 nothing would warm up.
      rate: first.rate && constant(first.rate.from || first.rate.to),
      iterations: null,
      durationMs: warmupMs,
      recorded: false,
    },
    ...lane,
  ];
}

function constant(value: number): Range {
  return { from: value, to: value };
}

function inUsers({ from, to }: Range): string {
  if (from !== to) return `${formatCount(from)} to ${formatCount(to)} users`;
  return `${formatCount(from)} ${from === 1 ? 'user' : 'users'}`;
}

function inRates({ from, to }: Range): string {
  return from === to ? formatRate(from) : `${formatRate(from)} to ${formatRate(to)}`;
}
