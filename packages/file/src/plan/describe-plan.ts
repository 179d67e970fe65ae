import type { Plan, Stage } from '@marteau/shared';
import { formatCount, formatRate, spellDuration } from '@marteau/shared';
import type { ResolvedFile } from '../resolve/resolved-file.ts';
import { buildPlan } from './build-plan.ts';
import { runLengthMs } from './length.ts';

const listedSteps = 6;

/**
 * What a file amounts to, in one sentence: '4 cycles x 2 min, about 9 min, at most 100 users on 3 nodes';
 * '50/s rising to 500/s over 2 min, then 500/s for 5 min, about 7 min, at most 400 users on 1 node'.
 */
export function describePlan(file: Pick<ResolvedFile, 'load' | 'warmupMs' | 'nodes' | 'app'>): string {
  const plan = buildPlan(file);
  const warmup = file.warmupMs > 0 ? [`warm-up of ${spellDuration(file.warmupMs)}`] : [];
  const count = file.nodes.count;
  const nodes = `${formatCount(count)} ${count === 1 ? 'node' : 'nodes'}`;
  const app = file.app !== null && count > 1 ? ' and one more for the app' : '';
  const most = mostUsers(plan);
  return [
    ...warmup,
    describeLoad(file, plan),
    about(runLengthMs(file)),
    `at most ${formatCount(most)} ${most === 1 ? 'user' : 'users'} on ${nodes}${app}`,
  ].join(', ');
}

function describeLoad({ load }: Pick<ResolvedFile, 'load'>, plan: Plan): string {
  if (load.kind === 'cycles') {
    const count = load.users.length;
    return `${count} ${count === 1 ? 'cycle' : 'cycles'} x ${spellDuration(load.durationMs)}`;
  }
  if (load.kind === 'find') {
    return `search from ${formatRate(load.rate.from)} to ${formatRate(load.rate.to)}, ${spellDuration(load.forMs)} each`;
  }
  return load.lanes
    .map((lane) => {
      const steps = plan.steps.filter((step) => step.test === lane.test && step.name !== 'warm-up');
      const words = steps.slice(0, listedSteps).map(describeStep);
      if (steps.length > listedSteps) words.push(`${steps.length - listedSteps} more steps`);
      return (lane.test === null ? '' : `${lane.test}: `) + words.join(', then ');
    })
    .join('; beside it ');
}

function describeStep(step: Stage): string {
  const time = spellDuration(step.durationMs);
  if (step.model === 'pause') return `${time} pause`;
  const [range, print] = step.rate
    ? [step.rate, formatRate]
    : [step.users ?? { from: 1, to: 1 }, formatCount];
  const unit = step.rate ? '' : ` ${Math.max(range.from, range.to) === 1 ? 'user' : 'users'}`;
  if (step.iterations) {
    const { count, per } = step.iterations;
    const each = per === 'user' ? ' each' : '';
    return `${print(range.to)}${unit} doing ${formatCount(count)} iterations${each} in at most ${time}`;
  }
  if (range.from === range.to) return `${print(range.to)}${unit} for ${time}`;
  return `${print(range.from)}${unit} ${range.from < range.to ? 'rising' : 'falling'} to ${print(range.to)} over ${time}`;
}

/** 'about' a length: whole minutes from five minutes on. */
function about(ms: number): string {
  const size = ms >= 300_000 ? 60_000 : ms >= 60_000 ? 10_000 : 1_000;
  return `about ${spellDuration(Math.max(size, Math.round(ms / size) * size))}`;
}

/** The most users at once: of steps side by side, the sum. */
function mostUsers(plan: Plan): number {
  const lanes = new Map<string | null, number>();
  for (const { test, users, maxUsers } of plan.steps) {
    const most = Math.max(users?.from ?? 0, users?.to ?? 0, maxUsers ?? 0);
    lanes.set(test, Math.max(lanes.get(test) ?? 0, most));
  }
  return [...lanes.values()].reduce((sum, most) => sum + most, 0);
}
