import type { Stage, Traffic } from '@marteau/shared';
import { formatCount, formatRate, spellDuration } from '@marteau/shared';
import { inRates } from '../resolve/load.ts';
import type { ResolvedFile, ResolvedLoad } from '../resolve/resolved-file.ts';
import type { Runner } from '../schema/runner.ts';
import { mostUsers } from './most.ts';

const LISTED_STAGES = 6;

/**
 * What a file amounts to, in one sentence: '4 cycles x 2 min, about 9 min, at most 100 users on 3 nodes';
 * '50/s rising to 500/s over 2 min, then 500/s for 5 min, about 7 min, at most 400 users on 1 node'.
 */
export function describePlan({
  load,
  warmupMs,
  nodes: { count },
  app,
}: Pick<ResolvedFile, 'load' | 'warmupMs' | 'nodes' | 'app'>): string {
  const on = `on ${formatCount(count)} ${count === 1 ? 'node' : 'nodes'}${app !== null && count > 1 ? ' and one more for the app' : ''}`;
  if (load.kind === 'own') return `the tool’s own plan, ${on}`;
  const most = mostUsers(load.plan);
  return [
    ...(warmupMs > 0 ? [`warm-up of ${spellDuration(warmupMs)}`] : []),
    describeLoad(load),
    // How long traffic is, and how many users it needs, is not known before its file was read.
    ...(isRead(load) ? [about(load.lengthMs)] : []),
    ...(most > 0 ? [`at most ${formatCount(most)} ${most === 1 ? 'user' : 'users'} ${on}`] : [on]),
  ].join(', ');
}

function isRead({ plan }: ResolvedLoad): boolean {
  return plan.steps.every(({ traffic }) => !traffic || traffic.minutes !== undefined);
}

function describeLoad({ kind, plan }: ResolvedLoad): string {
  const stages = plan.steps.filter(({ recorded, model }) => recorded || model === 'pause');
  const [first, last] = [stages[0]!, stages.at(-1)!];
  if (kind === 'cycles') {
    const count = stages.length;
    return `${count} ${count === 1 ? 'cycle' : 'cycles'} x ${spellDuration(first.durationMs)}`;
  }
  if (kind === 'find') {
    return `search from ${formatRate(first.rate!.from)} to ${formatRate(last.rate!.to)}, ${spellDuration(first.durationMs)} each`;
  }
  return [...Map.groupBy(stages, ({ test }) => test)]
    .map(([test, ofTest]) => {
      const words = ofTest.slice(0, LISTED_STAGES).map(describeStage);
      if (ofTest.length > LISTED_STAGES) words.push(`${ofTest.length - LISTED_STAGES} more stages`);
      return (test === null ? '' : `${test}: `) + words.join(', then ');
    })
    .join('; beside it ');
}

function describeStage(stage: Stage): string {
  const time = spellDuration(stage.durationMs);
  if (stage.model === 'pause') return `${time} pause`;
  if (stage.traffic) return describeTraffic(stage, stage.traffic);
  const [range, print] = stage.rate
    ? [stage.rate, formatRate]
    : [stage.users ?? { from: 1, to: 1 }, formatCount];
  const unit = stage.rate
    ? stage.arrivals
      ? ' as people come'
      : ''
    : ` ${Math.max(range.from, range.to) === 1 ? 'user' : 'users'}`;
  if (stage.iterations) {
    const { count, per } = stage.iterations;
    const each = per === 'user' ? ' each' : '';
    return `${print(range.to)}${unit} doing ${formatCount(count)} iterations${each} in at most ${time}`;
  }
  if (range.from === range.to) return `${print(range.to)}${unit} for ${time}`;
  return `${print(range.from)}${unit} ${range.from < range.to ? 'rising' : 'falling'} to ${print(range.to)} over ${time}`;
}

function describeTraffic({ rate, durationMs, arrivals }: Stage, { file, minutes }: Traffic): string {
  const as = arrivals ? ' as people come' : '';
  if (!minutes) return `the traffic of ${file}${as}, a minute for each row`;
  const count = formatCount(minutes.reduce((sum, each) => sum + each, 0));
  return `the traffic of ${file}${as} (${count} iterations, ${inRates(rate!)}) over ${spellDuration(durationMs)}`;
}

/** 'about' a length: whole minutes from five minutes on. */
function about(ms: number): string {
  const size = ms >= 300_000 ? 60_000 : ms >= 60_000 ? 10_000 : 1_000;
  return `about ${spellDuration(Math.max(size, Math.round(ms / size) * size))}`;
}

const titles: Record<Exclude<Runner, 'node-test' | 'command'>, string> = {
  k6: 'k6 script',
  locust: 'Locust file',
  jmeter: 'JMeter plan',
  gatling: 'Gatling simulation',
  artillery: 'Artillery script',
  playwright: 'Playwright tests',
};

/** What generates the load, for people: 'k6 script', 'a command, measured at the wire'. */
export function describeRunner({
  runner: { name, results },
}: {
  readonly runner: Pick<ResolvedFile['runner'], 'name' | 'results'>;
}): string {
  if (name === 'node-test') return 'tests of node:test';
  if (name !== 'command') return titles[name];
  return results === null ? 'a command, measured at the wire' : `a command that writes ${results.format}`;
}
