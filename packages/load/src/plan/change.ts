import { inRates, inUsers } from '@marteau/file';
import type { ScheduledStage } from '@marteau/measure';
import { formatCount, formatRate, type LoadChange, type Stage, spellDuration } from '@marteau/shared';
import { type Rate, rateAt } from './arrivals.ts';
import { rateAfter } from './legs.ts';

/** What a change makes of a stage that is running. */
export type Change = Omit<LoadChange, 'second'> & {
  /** ms of the run's clock. */
  readonly at: number;
};

export interface Changed {
  /** The whole segment: as it was until the change, and as it is from there on. */
  readonly scheduled: readonly ScheduledStage[];
  /** What was done, for whoever reads the report. */
  readonly said: string;
}

/**
 * A segment as it goes on after a change: the stage that is running ends, and what it becomes is a stage of its own, so
 * that a report shows both as what they were.
 * @param index of the new stage in the run
 * @returns why nothing can be changed, where that is so
 */
export function changed(
  scheduled: readonly ScheduledStage[],
  change: Change,
  index: number,
): Changed | { readonly refused: string } {
  const { at, holdMs = 0 } = change;
  const running = scheduled.find((one) => one.at <= at && at < one.end);
  if (!running) return { refused: 'no stage was running' };
  const { stage } = running;
  if (change.stage !== undefined && change.stage !== stage.index)
    return { refused: `the stage ${stage.name} was running, and not that one` };
  const before = scheduled.slice(0, scheduled.indexOf(running));
  const after = scheduled.slice(before.length + 1);
  const cut = cutAt(running, at);
  const when = `${Math.round(at / 1000)} s`;
  if (change.skip) {
    const said = `At ${when} the stage ${stage.name} was ended.`;
    return { scheduled: [...before, cut, ...later(after, at - running.end)], said };
  }
  const load = loadOf(stage, change, at - running.begin);
  if ('refused' in load) return load;
  const end = running.end + holdMs;
  const { traffic: _, ...rest } = stage;
  const next: Stage = { ...rest, ...load.stage, index, rampMs: 0, durationMs: end - at, changed: true };
  const held = holdMs > 0 ? `, for ${spellDuration(holdMs)} longer` : '';
  return {
    scheduled: [...before, cut, { stage: next, at, begin: at, end }, ...later(after, holdMs)],
    said: `At ${when} the load was changed: ${load.said}${held}.`,
  };
}

interface Load {
  readonly stage: Pick<Stage, 'name' | 'users' | 'rate' | 'maxUsers' | 'traffic'>;
  readonly said: string;
}

/** @param gone how much of the stage is over, ms; negative in its ramp */
function loadOf(stage: Stage, change: Change, gone: number): Load | { readonly refused: string } {
  const { model, users, rate, iterations, name } = stage;
  const part = Math.min(1, Math.max(0, gone / stage.durationMs));
  if (iterations) return { refused: `the stage ${name} lasts for so many iterations` };
  const wanted = { users: change.users, rate: change.rate, scale: change.scale };
  if (Object.values(wanted).every((each) => each === undefined)) {
    const { maxUsers } = stage;
    const rest = {
      users: users && restOf(users, part),
      rate: rate && restOfRate(stage, part),
      maxUsers,
      ...restOfTraffic(stage, gone, 1),
    };
    return { stage: { name: `${name} (held)`, ...rest }, said: `${name} goes on` };
  }
  if (model === 'closed' && users && wanted.rate === undefined) {
    const now = wanted.users ?? scaled(restOf(users, part), wanted.scale!, Math.round);
    const range = typeof now === 'number' ? { from: now, to: now } : now;
    const said = `${inUsers(range)} in place of ${formatCount(Math.round(rateAt(users, part)))}`;
    return { stage: { name: `${inUsers(range)} (changed)`, users: range, rate: null, maxUsers: null }, said };
  }
  if (model === 'open' && rate && wanted.users === undefined) {
    const before = rateAfter(stage, gone);
    const now = wanted.rate ?? scaled(restOfRate(stage, part), wanted.scale!);
    const traffic = wanted.rate === undefined ? restOfTraffic(stage, gone, wanted.scale!) : {};
    const range = typeof now === 'number' ? { from: now, to: now } : now;
    const most = Math.max(rate.from, rate.to);
    const more = most > 0 ? Math.max(1, Math.max(range.from, range.to) / most) : 1;
    const maxUsers = Math.ceil((stage.maxUsers ?? 1) * more);
    const said = `${inRates(range)} in place of ${formatRate(before)}`;
    const changed = { name: `${inRates(range)} (changed)`, users: null, rate: range, maxUsers };
    return { stage: { ...changed, ...traffic }, said };
  }
  const has = model === 'pause' ? 'a pause' : model === 'open' ? 'a rate' : 'users';
  return { refused: `the stage ${name} has ${has}` };
}

/** What a range still goes through. */
function restOf(range: Rate, part: number): Rate {
  return { from: rateAt(range, part), to: range.to };
}

/** Of traffic the bounds stay what they are. */
function restOfRate({ rate, traffic }: Stage, part: number): Rate {
  return traffic ? rate! : restOf(rate!, part);
}

/** The minutes that are left, so many times as high. @param gone how much of the stage is over, ms */
function restOfTraffic({ traffic }: Stage, gone: number, by: number): Pick<Stage, 'traffic'> {
  if (!traffic?.minutes) return {};
  const minutes = traffic.minutes.map((count) => Math.round(count * by));
  return { traffic: { ...traffic, minutes, gone: (traffic.gone ?? 0) + gone } };
}

function scaled({ from, to }: Rate, by: number, round = (value: number): number => value): Rate {
  return { from: round(from * by), to: round(to * by) };
}

/** A stage that ends at a moment; until then it is as it was. */
function cutAt({ stage, at, begin }: ScheduledStage, moment: number): ScheduledStage {
  const durationMs = Math.max(0, moment - begin);
  const part = stage.durationMs > 0 ? durationMs / stage.durationMs : 0;
  const upTo = (range: Rate | null) => range && { from: range.from, to: rateAt(range, part) };
  const rate = stage.traffic ? stage.rate : upTo(stage.rate);
  const shorter = { ...stage, users: upTo(stage.users), rate, durationMs };
  return { stage: shorter, at, begin: Math.min(begin, moment), end: moment };
}

function later(stages: readonly ScheduledStage[], ms: number): ScheduledStage[] {
  return stages.map(({ stage, at, begin, end }) => ({
    stage,
    at: at + ms,
    begin: begin + ms,
    end: end + ms,
  }));
}
