import type { Stage } from '@marteau/shared';
import { arrivalsIn, type Rate, rateAt } from './arrivals.ts';

const MINUTE_MS = 60_000;

/** A part of a stage over which the rate is one, or moves evenly. */
export interface Leg {
  /** ms from the begin of the stage. */
  readonly at: number;
  readonly durationMs: number;
  readonly rate: Rate;
  /** Arrivals of the stage before it, where they are spaced evenly. */
  readonly before: number;
}

/** A stage of the open model is one leg; one of traffic has a leg for each minute. */
export function legsOf({ rate, traffic, durationMs }: Pick<Stage, 'rate' | 'traffic' | 'durationMs'>): Leg[] {
  if (!rate) return [];
  if (!traffic?.minutes) return [{ at: 0, durationMs, rate, before: 0 }];
  const { minutes, gone = 0 } = traffic;
  const legs: Leg[] = [];
  let before = 0;
  for (let at = 0; at < durationMs; ) {
    const minute = Math.floor((gone + at) / MINUTE_MS);
    const left = (minute + 1) * MINUTE_MS - gone - at;
    const perSecond = minutesAt(minutes, minute) / 60;
    const leg = {
      at,
      durationMs: Math.min(left, durationMs - at),
      rate: { from: perSecond, to: perSecond },
      before,
    };
    legs.push(leg);
    before += arrivalsIn(leg.rate, leg.durationMs);
    at += left;
  }
  return legs;
}

/** The rate of a stage `ms` after its begin, in arrivals per second. */
export function rateAfter(stage: Pick<Stage, 'rate' | 'traffic' | 'durationMs'>, ms: number): number {
  const { rate, traffic, durationMs } = stage;
  if (!rate) return 0;
  if (traffic?.minutes)
    return minutesAt(traffic.minutes, Math.floor(((traffic.gone ?? 0) + ms) / MINUTE_MS)) / 60;
  return rateAt(rate, durationMs > 0 ? Math.min(1, Math.max(0, ms / durationMs)) : 1);
}

/** Who holds it for longer has the last minute again. */
function minutesAt(minutes: readonly number[], minute: number): number {
  return minutes[Math.min(minute, minutes.length - 1)]!;
}
